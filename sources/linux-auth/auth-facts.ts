import type { Outcome } from '@tocsin/contracts/normalized-event.ts';

/** What a line of an auth program says; `''` and 0 mean that it does not say. Values are UNTRUSTED, cut and cleaned. */
export interface AuthFacts {
  action: string;
  outcome: Outcome | '';
  severity: number;
  /** Who acts: who logs in, who runs sudo, who changes an account. */
  user: string;
  /** As whom, or whose account. */
  targetUser: string;
  srcIp: string;
  srcPort: number;
  method: string;
  invalidUser: boolean;
  command: string;
  terminal: string;
  directory: string;
  /** The PAM service, for example `sshd`, `cron`. */
  service: string;
  reason: string;
  /** How many attempts the line stands for; 0 when it does not say. */
  count: number;
}

/** Facts of a line that says nothing. */
export function noFacts(): AuthFacts {
  return {
    action: '',
    outcome: '',
    severity: 1,
    user: '',
    targetUser: '',
    srcIp: '',
    srcPort: 0,
    method: '',
    invalidUser: false,
    command: '',
    terminal: '',
    directory: '',
    service: '',
    reason: '',
    count: 0,
  };
}
