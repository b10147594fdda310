/** What run K of seed S is: nothing but the two numbers tells it, so that any run can be repeated alone. */
import {
  DAMAGES,
  FAULT_POINTS,
  FILE_KINDS,
  rowOf,
  type CheckpointDamage,
  type Damage,
  type Fault,
  type FileKind,
  type KillPoint,
} from './fault.ts';
import { isSound, nameOf, QUERIES, SINKS, SOURCES, type Program } from './program.ts';
import { randomOf, type Random } from './random.ts';

export interface Draw {
  readonly seed: number;
  /** From 1. */
  readonly number: number;
  readonly program: Program;
  readonly fault: Fault;
}

const BATCHES = 14;
/** So that a program is not over before it is killed for the third time. */
const BATCHES_UNDER_LOAD = 60;
const KILLED_WITHIN_MS = 150;

type Triple = Pick<Program, 'source' | 'query' | 'sink'>;

const PROGRAMS: readonly Triple[] = SOURCES.flatMap((source) =>
  QUERIES.flatMap((query) => SINKS.map((sink) => ({ source, query, sink }))),
).filter(isSound);

/** How a fault of some kind is drawn, and how often before all kinds have had their turn. */
interface Card {
  readonly times: number;
  draw(random: Random): Fault;
}

const NUMBERED: readonly FileKind[] = ['offsets', 'commits', 'state', 'source'];
const DAMAGED: Readonly<Record<Damage, readonly FileKind[]>> = {
  truncate: FILE_KINDS,
  flip: FILE_KINDS,
  remove: FILE_KINDS,
  duplicate: NUMBERED,
  swap: NUMBERED,
};

const CARDS: readonly Card[] = [
  ...FAULT_POINTS.map((point): Card => ({
    times: 2,
    draw: (random) => ({ kind: 'kill', points: [{ point, occurrence: random.integer(1, BATCHES - 1) }] }),
  })),
  {
    times: 2,
    draw: (random) => ({ kind: 'kill', points: [killPoint(random), { ...killPoint(random), occurrence: 1 }] }),
  },
  {
    times: 4,
    draw: (random) => ({
      kind: 'random kills',
      delaysMs: Array.from({ length: 3 }, () => random.integer(0, KILLED_WITHIN_MS)),
    }),
  },
  ...DAMAGES.flatMap((damage) =>
    DAMAGED[damage].map((file): Card => ({ times: 1, draw: (random) => damageOf(random, damage, file) })),
  ),
  {
    times: 3,
    draw: (random) => ({ kind: 'disk full', batch: batchOf(random), freeBytes: random.integer(0, 15) * 4096 }),
  },
  { times: 2, draw: (random) => ({ kind: 'read-only', folder: 'checkpoint', batch: batchOf(random) }) },
  { times: 1, draw: () => ({ kind: 'read-only', folder: 'input', batch: 0 }) },
  ...(['kafka', 'postgres'] as const).map((server): Card => ({
    times: 3,
    draw: (random) => ({ kind: 'outage', server, batch: batchOf(random), forMs: random.integer(100, 3000) }),
  })),
];

const DECK: readonly Card[] = CARDS.flatMap((card) => Array.from({ length: card.times }, () => card));

/** The deck is shuffled anew once it is through, so that each kind of fault has its turn. */
export function drawRun(seed: number, number: number): Draw {
  const round = Math.floor((number - 1) / DECK.length);
  const card = randomOf(seed, round).shuffled(DECK)[(number - 1) % DECK.length];
  if (card === undefined) throw new RangeError(`runs are numbered from 1, not ${number}`);
  const random = randomOf(seed, round, number);
  const fault = card.draw(random);
  const [first, ...others] = PROGRAMS.filter((program) => fits(program, fault));
  if (first === undefined) throw new Error(`no program suits ${rowOf(fault)}`);
  const batches = fault.kind === 'random kills' ? BATCHES_UNDER_LOAD : BATCHES;
  return { seed, number, fault, program: { ...random.pick([first, ...others]), batches } };
}

/** `files/append/postgres/kill@sink-done` */
export function fullNameOf({ program, fault }: Pick<Draw, 'program' | 'fault'>): string {
  return `${nameOf(program)}/${rowOf(fault)}`;
}

/** Whether each part of `wanted` (`files/kill`) begins a part of the run's full name, in the same order. */
export function isWanted(draw: Pick<Draw, 'program' | 'fault'>, wanted: string): boolean {
  const parts = fullNameOf(draw).split('/');
  return wanted
    .split('/')
    .filter((part) => part !== '')
    .every((part) => {
      const at = parts.findIndex((candidate) => candidate.startsWith(part));
      if (at >= 0) parts.splice(0, at + 1);
      return at >= 0;
    });
}

/** Programs that never reach a gate cannot be disturbed while they wait at it. */
function fits({ source, sink }: Triple, fault: Fault): boolean {
  switch (fault.kind) {
    case 'kill':
    case 'random kills':
      return true;
    case 'checkpoint':
      // Only the files have a log of what they have seen; a generated source begins before its first row.
      return fault.file !== 'source' || source === 'files';
    case 'disk full':
      return sink !== 'memory';
    case 'read-only':
      return fault.folder === 'input' ? source === 'files' : sink !== 'memory';
    case 'outage':
      return sink === fault.server || (source === fault.server && sink !== 'memory');
  }
}

function damageOf(random: Random, damage: Damage, file: FileKind): CheckpointDamage {
  const killedAt = { ...killPoint(random), occurrence: random.integer(4, BATCHES - 2) };
  return { kind: 'checkpoint', damage, file, age: random.pick([0, 0, 0, 1, 2]), killedAt, place: random.fraction() };
}

function killPoint(random: Random): KillPoint {
  return { point: random.pick(FAULT_POINTS), occurrence: random.integer(1, BATCHES - 2) };
}

function batchOf(random: Random): number {
  return random.integer(1, BATCHES - 2);
}
