import type { SessionVerifier } from '@tocsin/auth/session-verifier.ts';
import type { LoginSettings } from './login-settings.ts';

/** What logging in needs beside the rest; absent where people have no way to log in. */
export interface LoginDeps {
  readonly settings: LoginSettings;
  /** The verifier that the process asks too, so that a logout takes effect in it at once. */
  readonly sessions: SessionVerifier;
}
