import type { Frame } from '../frame.ts';

/**
 * The newest frames in memory, so that a consumer that keeps up does not read them back.
 * Two halves: when the young one is full, the old one is forgotten. Never holds more than `bytesMax` of bodies.
 */
export class RecentFrames {
  readonly #halfBytesMax: number;
  #young = new Map<string, Frame>();
  #old = new Map<string, Frame>();
  #youngBytes = 0;

  constructor(bytesMax: number) {
    this.#halfBytesMax = bytesMax / 2;
  }

  put(sourceKey: string, seq: number, frame: Frame): void {
    if (frame.body.length > this.#halfBytesMax) return;
    if (this.#youngBytes + frame.body.length > this.#halfBytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(`${sourceKey}/${seq}`, frame);
    this.#youngBytes += frame.body.length;
  }

  get(sourceKey: string, seq: number): Frame | undefined {
    const key = `${sourceKey}/${seq}`;
    return this.#young.get(key) ?? this.#old.get(key);
  }
}
