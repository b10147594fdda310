/**
 * What a checkpoint remembers of its program, in `state/program`, so that a changed program is refused or explained on a
 * restart instead of going on silently with state that means something else (SEMANTICS.md 21).
 *
 * ```
 * state/program   v1
 *                 the fingerprint as JSON
 * ```
 * refused     other stateful operators, keys, key types, aggregates; another window length or slide; to or from complete mode;
 *             another number or kind of sources
 * explained   another delay, append ↔ update, another folder or topic, anything else in the plan (filters, projections)
 */
import { typeName } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { PreparedPlan, StatefulSpec } from '../physical/ports.ts';
import type { OutputMode } from '../plan/runner-port.ts';
import { damaged, LOG_VERSION, LogSyntaxError, parseJsonObject, REMEDY } from './batch-log.ts';
import type { LogStore } from './ports.ts';

export interface Fingerprint {
  readonly sources: readonly string[];
  /** One text per stateful operator: kind, keys, accumulators. */
  readonly operators: readonly string[];
  readonly windows: readonly string[];
  readonly outputMode: string;
  readonly watermarks: readonly string[];
  /** The rest of the program as text; empty where the caller gives none. */
  readonly program: string;
}

const PATH = 'state/program';

export function fingerprintOf(
  prepared: PreparedPlan,
  options: { readonly sources: readonly string[]; readonly outputMode: OutputMode; readonly program: string },
): Fingerprint {
  return {
    sources: options.sources,
    operators: prepared.stateful.map(operatorText),
    windows: prepared.stateful.map(windowText),
    outputMode: options.outputMode,
    watermarks: prepared.watermarks.map(({ column, delayMicros }) => `${column} ${delayMicros} µs`),
    program: canonicalProgram(options.program),
  };
}

/**
 * Column ids (`#12`) differ from session to session: numbered anew in the order in which they appear. The kernels
 * (`[wasm:add_i64]`) differ from release to release: left out.
 */
function canonicalProgram(program: string): string {
  const numbers = new Map<string, number>();
  return program.replace(/ \[(wasm:[^\]]*|javascript)\]/g, '').replace(/#\d+/g, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `#${number}`;
  });
}

function operatorText(spec: StatefulSpec): string {
  switch (spec.kind) {
    case 'aggregate': {
      const keys = spec.keys.map(({ name, type }) => `${name} ${typeName(type)}`);
      const accumulators = spec.accumulators.map(
        ({ op, inputType }) => `${op}(${inputType === undefined ? '*' : typeName(inputType)})`,
      );
      return `aggregate by ${keys.join(', ') || 'nothing'}: ${accumulators.join(', ')}`;
    }
    case 'deduplicate': {
      const keys = spec.keys.map((ordinal) => {
        const key = spec.input.fields[ordinal];
        return key === undefined ? '?' : `${key.name} ${typeName(key.type)}`;
      });
      return `${spec.withinWatermark ? 'dropDuplicatesWithinWatermark' : 'dropDuplicates'} by ${keys.join(', ')}`;
    }
  }
}

function windowText(spec: StatefulSpec): string {
  if (spec.kind !== 'aggregate' || spec.eventTimeKey === undefined) return 'none';
  const { kind, windowMicros } = spec.eventTimeKey;
  return kind === 'window' ? `${windowMicros} µs` : 'none';
}

export type ProgramChange = { readonly severity: 'refused' | 'explained'; readonly text: string };

/** What differs, and whether the query may go on. */
export function compareFingerprints(before: Fingerprint, now: Fingerprint): readonly ProgramChange[] {
  const changes: ProgramChange[] = [];
  const differ = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') !== b.join('\n');
  const kinds = (sources: readonly string[]): readonly string[] => sources.map((source) => source.split('[')[0] ?? '');
  const told = (
    severity: ProgramChange['severity'],
    what: string,
    a: readonly string[],
    b: readonly string[],
  ): void => {
    changes.push({ severity, text: `${what} changed from ${a.join('; ') || 'none'} to ${b.join('; ') || 'none'}` });
  };
  if (differ(kinds(before.sources), kinds(now.sources))) told('refused', 'the sources', before.sources, now.sources);
  else if (differ(before.sources, now.sources)) told('explained', 'the sources', before.sources, now.sources);
  if (differ(before.operators, now.operators))
    told('refused', 'the stateful operators', before.operators, now.operators);
  const [windowsBefore, windowsNow] = [windowsOf(before.program), windowsOf(now.program)];
  if (differ(before.windows, now.windows)) told('refused', 'the window length', before.windows, now.windows);
  else if (differ(windowsBefore, windowsNow)) told('refused', 'the window', windowsBefore, windowsNow);
  if (before.outputMode !== now.outputMode) {
    const complete = before.outputMode === 'complete' || now.outputMode === 'complete';
    told(complete ? 'refused' : 'explained', 'the output mode', [before.outputMode], [now.outputMode]);
  }
  if (differ(before.watermarks, now.watermarks)) told('explained', 'the watermark', before.watermarks, now.watermarks);
  if (before.program !== now.program) {
    changes.push({
      severity: 'explained',
      text: 'the query changed; rows already counted in the state stay as they were',
    });
  }
  return changes;
}

/** Length and slide of the windows that a plan computes; the operators know the length only where there is a watermark. */
function windowsOf(program: string): readonly string[] {
  const windows = program.matchAll(/(?:Tumbling|Sliding)Window .*?(\d[\d.]* [a-zµ]+ \/ \d[\d.]* [a-zµ]+)/g);
  return [...windows].map(([, lengthAndSlide = '']) => lengthAndSlide);
}

/** @throws CHECKPOINT_DAMAGED */
export async function readFingerprint(store: LogStore): Promise<Fingerprint | undefined> {
  const bytes = await store.read(PATH, 'sidecar');
  if (bytes === undefined) return undefined;
  const [version, text] = new TextDecoder().decode(bytes).split('\n', 2);
  try {
    if (version !== LOG_VERSION) throw new LogSyntaxError(`it does not begin with the line ${LOG_VERSION}`);
    const members = parseJsonObject(text, 'the second line');
    return {
      sources: texts(members, 'sources'),
      operators: texts(members, 'operators'),
      windows: texts(members, 'windows'),
      outputMode: textOf(members, 'outputMode'),
      watermarks: texts(members, 'watermarks'),
      program: textOf(members, 'program'),
    };
  } catch (error) {
    if (error instanceof LogSyntaxError) throw damaged(store, PATH, error.message, REMEDY, error);
    throw error;
  }
}

export async function writeFingerprint(store: LogStore, fingerprint: Fingerprint): Promise<void> {
  const text = `${LOG_VERSION}\n${JSON.stringify(fingerprint)}`;
  await store.write(PATH, new TextEncoder().encode(text), 'sidecar');
}

/**
 * Compares with the checkpoint's program.
 * @returns what the user should be told
 * @throws CHECKPOINT_MISMATCH where the state would not fit
 */
export function checkProgram(store: LogStore, before: Fingerprint, now: Fingerprint): readonly string[] {
  const changes = compareFingerprints(before, now);
  const refused = changes.filter(({ severity }) => severity === 'refused');
  if (refused.length > 0) {
    throw new MillraceError('CHECKPOINT_MISMATCH', {
      location: store.location,
      problem: refused.map(({ text }) => text).join('; '),
      remedy: 'Undo the change, or start with a new checkpointLocation, which reads the sources from their beginning.',
    });
  }
  return changes.map(({ text }) => text);
}

function texts(members: ReadonlyMap<string, unknown>, name: string): readonly string[] {
  const value = members.get(name);
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new LogSyntaxError(`${name} is not a list of texts`);
  }
  return value;
}

function textOf(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name);
  if (typeof value !== 'string') throw new LogSyntaxError(`${name} is not a text`);
  return value;
}
