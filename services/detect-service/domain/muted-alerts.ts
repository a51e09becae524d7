/** Most alerts remembered as muted; the oldest is forgotten first and may then show by itself. */
export const MUTED_ALERTS_MAX = 100_000;

/**
 * Ids of alerts that a storm swallowed: their later updates stay silent too.
 * In memory only: after a restart in the middle of a storm, such an alert shows with its next event.
 */
export class MutedAlerts {
  readonly #ids = new Set<string>();
  readonly #max: number;

  constructor(max: number = MUTED_ALERTS_MAX) {
    this.#max = max;
  }

  has(alertId: string): boolean {
    return this.#ids.has(alertId);
  }

  add(alertId: string): void {
    this.#ids.add(alertId);
    if (this.#ids.size <= this.#max) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }
}
