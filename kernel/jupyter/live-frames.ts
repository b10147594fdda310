/**
 * Live displays of streams: frames are coalesced per display id, the latest wins, and at most one goes out per cell
 * every 100 ms, since a Jupyter server drops what comes faster. A frame waits until its display was shown.
 */
import type { Clock } from '../core/clock.ts';
import type { LiveFrame } from './thread-protocol.ts';

const INTERVAL_MS = 100;
const DISPLAYS_MAX = 10_000;

interface CellFrames {
  /** By display id, in the order in which they became due. */
  readonly waiting: Map<string, LiveFrame>;
  lastSentMs: number;
  timer: NodeJS.Timeout | undefined;
}

export class LiveFrames {
  readonly #send: (frame: LiveFrame) => void;
  readonly #clock: Clock;
  readonly #cells = new Map<string, CellFrames>();
  readonly #shown = new Set<string>();
  readonly #early = new Map<string, LiveFrame>();

  constructor(send: (frame: LiveFrame) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** A cell showed the display: its frames may follow. */
  noteShown(displayId: string): void {
    this.#shown.add(displayId);
    if (this.#shown.size > DISPLAYS_MAX) {
      for (const oldest of this.#shown) {
        this.#shown.delete(oldest);
        break;
      }
    }
    const early = this.#early.get(displayId);
    if (early === undefined) return;
    this.#early.delete(displayId);
    this.offer(early);
  }

  offer(frame: LiveFrame): void {
    if (!this.#shown.has(frame.displayId)) {
      if (this.#early.size < DISPLAYS_MAX) this.#early.set(frame.displayId, frame);
      return;
    }
    const cell = this.#cell(frame.cellId);
    cell.waiting.set(frame.displayId, frame);
    this.#schedule(frame.cellId, cell);
  }

  /** Sends what waits, at once: the kernel is leaving. */
  flush(): void {
    for (const cell of this.#cells.values()) {
      clearTimeout(cell.timer);
      for (const frame of cell.waiting.values()) this.#send(frame);
    }
    this.#cells.clear();
  }

  #cell(cellId: string): CellFrames {
    const known = this.#cells.get(cellId);
    if (known !== undefined) return known;
    const cell: CellFrames = { waiting: new Map(), lastSentMs: -Infinity, timer: undefined };
    this.#cells.set(cellId, cell);
    return cell;
  }

  #schedule(cellId: string, cell: CellFrames): void {
    if (cell.timer !== undefined) return;
    const waitMs = Math.max(0, cell.lastSentMs + INTERVAL_MS - this.#clock.monotonicMs());
    if (waitMs === 0) this.#sendNext(cellId, cell);
    else cell.timer = setTimeout(() => this.#due(cellId, cell), Math.ceil(waitMs));
  }

  #due(cellId: string, cell: CellFrames): void {
    cell.timer = undefined;
    if (cell.waiting.size > 0) this.#schedule(cellId, cell);
    else this.#cells.delete(cellId);
  }

  #sendNext(cellId: string, cell: CellFrames): void {
    for (const [displayId, frame] of cell.waiting) {
      cell.waiting.delete(displayId);
      this.#send(frame);
      break;
    }
    cell.lastSentMs = this.#clock.monotonicMs();
    cell.timer = setTimeout(() => this.#due(cellId, cell), INTERVAL_MS);
  }
}
