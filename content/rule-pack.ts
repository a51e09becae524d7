import type { RuleDocument } from './rule-document.ts';
import { adminGroupMemberAdded } from './rules/admin-group-member-added.ts';
import { dnsTextBurst } from './rules/dns-text-burst.ts';
import { encodedPowershell } from './rules/encoded-powershell.ts';
import { eventLogCleared } from './rules/event-log-cleared.ts';
import { failedLoginThreshold } from './rules/failed-login-threshold.ts';
import { failedLoginsFromAddress } from './rules/failed-logins-from-address.ts';
import { largeOutboundTransfer } from './rules/large-outbound-transfer.ts';
import { logClearedAfterIntrusion } from './rules/log-cleared-after-intrusion.ts';
import { lsassMemoryRead } from './rules/lsass-memory-read.ts';
import { rootShellAfterGuessing } from './rules/root-shell-after-guessing.ts';
import { rootShellBySudo } from './rules/root-shell-by-sudo.ts';
import { suspiciousServiceInstalled } from './rules/suspicious-service-installed.ts';
import { systemToolCallsOut } from './rules/system-tool-calls-out.ts';
import { windowsLoginAfterGuessing } from './rules/windows-login-after-guessing.ts';

/** The rules that every installation has. Add a new one here; the order decides nothing. */
export const RULE_PACK: readonly RuleDocument[] = [
  adminGroupMemberAdded,
  dnsTextBurst,
  encodedPowershell,
  eventLogCleared,
  failedLoginThreshold,
  failedLoginsFromAddress,
  largeOutboundTransfer,
  logClearedAfterIntrusion,
  lsassMemoryRead,
  rootShellAfterGuessing,
  rootShellBySudo,
  suspiciousServiceInstalled,
  systemToolCallsOut,
  windowsLoginAfterGuessing,
];
