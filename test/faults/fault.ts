/** What is done to a program's process, its checkpoint, its disk or its servers. Plain data, drawn from a seed. */
import type { FaultPoint } from '../../kernel/core/fault.ts';

export const FAULT_POINTS = [
  'batch-start',
  'offsets-writing',
  'offsets-written',
  'batch-run',
  'sink-writing',
  'sink-done',
  'state-writing',
  'state-written',
  'commit-writing',
  'commit-written',
] as const satisfies readonly FaultPoint[];

export const DAMAGES = ['truncate', 'flip', 'remove', 'duplicate', 'swap'] as const;
export type Damage = (typeof DAMAGES)[number];

export const FILE_KINDS = ['metadata', 'offsets', 'commits', 'checksum', 'state', 'program', 'source'] as const;
/**
 * Of a checkpoint: `metadata`, `offsets/N`, `commits/N`, the checksums `.N.crc` beside them, `state/OPERATOR/N.*`,
 * `state/program`, `sources/I/N`.
 */
export type FileKind = (typeof FILE_KINDS)[number];

export type FaultPointName = (typeof FAULT_POINTS)[number];

/** Killed when the point is reached for the n-th time. */
export interface KillPoint {
  readonly point: FaultPoint;
  readonly occurrence: number;
}

export interface Kill {
  readonly kind: 'kill';
  /** One after the other, each at the start after the one before. */
  readonly points: readonly KillPoint[];
}

export interface RandomKills {
  readonly kind: 'random kills';
  /** Milliseconds after the query's start, one for each start. */
  readonly delaysMs: readonly number[];
}

export interface CheckpointDamage {
  readonly kind: 'checkpoint';
  readonly damage: Damage;
  readonly file: FileKind;
  /** 0: the newest file of the kind, 1: the one before, … */
  readonly age: number;
  /** The program is killed there before the file is damaged. */
  readonly killedAt: KillPoint;
  /** In [0, 1): where the file is cut or the bit flipped. */
  readonly place: number;
}

/** Before `batch` goes to the sink the checkpoint's disk has only so much space left; there is space again afterwards. */
export interface DiskFull {
  readonly kind: 'disk full';
  readonly batch: number;
  readonly freeBytes: number;
}

/** The checkpoint becomes read-only before `batch` goes to the sink; the input's folder is read-only from the start. */
export interface ReadOnly {
  readonly kind: 'read-only';
  readonly folder: 'checkpoint' | 'input';
  readonly batch: number;
}

/** A server is killed, or stands still, before `batch` goes to the sink, and is there again after `forMs`. */
export interface Outage {
  readonly kind: 'outage';
  readonly server: 'kafka' | 'postgres';
  readonly batch: number;
  readonly forMs: number;
}

export type Fault = Kill | RandomKills | CheckpointDamage | DiskFull | ReadOnly | Outage;

/** Its row in the table. */
export function rowOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill@${fault.points.map(({ point }) => point).join('+')}`;
    case 'random kills':
      return 'kill random';
    case 'checkpoint':
      return `checkpoint ${fault.damage} ${fault.file}`;
    case 'disk full':
      return 'disk full';
    case 'read-only':
      return `read-only ${fault.folder}`;
    case 'outage':
      return fault.server === 'kafka' ? 'broker killed' : 'database killed';
  }
}

/** What a run prints of it: the row of the table and what was drawn. */
export function describe(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill@${fault.points.map(faultSetting).join('+')}`;
    case 'random kills':
      return `kill random after ${fault.delaysMs.map(Math.round).join(', ')} ms`;
    case 'checkpoint':
      return `${rowOf(fault)} (age ${fault.age}) after kill@${faultSetting(fault.killedAt)}`;
    case 'disk full':
      return `disk full at batch ${fault.batch}, ${fault.freeBytes} bytes left`;
    case 'read-only':
      return fault.folder === 'input' ? rowOf(fault) : `${rowOf(fault)} at batch ${fault.batch}`;
    case 'outage':
      return `${rowOf(fault)} at batch ${fault.batch} for ${fault.forMs} ms`;
  }
}

/** As `MILLRACE_FAULT` has it. */
export function faultSetting({ point, occurrence }: KillPoint): string {
  return `${point}:${occurrence}`;
}
