/** A streaming case as data: what `cases/README.md` describes, with a file's defaults filled in. */
import type { ProgressPart } from './log.ts';

/** A row of a file: by position, by name, or the line itself. */
export type CaseRow = readonly unknown[] | Readonly<Record<string, unknown>> | string;
/** `[method, …arguments]`. */
export type Call = readonly [string, ...unknown[]];

export interface View {
  readonly schema: string;
  readonly format: string;
  readonly options: Readonly<Record<string, string>>;
  readonly watermark: readonly [column: string, delay: string] | undefined;
}

export interface Table {
  readonly schema: string;
  readonly rows: readonly CaseRow[];
  /** In files, not in the program's memory. */
  readonly stored: boolean;
}

export type CaseProgram =
  { readonly kind: 'calls'; readonly calls: readonly Call[] } | { readonly kind: 'sql'; readonly sql: string };

export interface NamedFile {
  readonly view: string;
  readonly name: string;
  readonly mtimeS: number;
  readonly rows: readonly CaseRow[];
}

export interface Restart {
  readonly program: CaseProgram | undefined;
  readonly mode: OutputMode | undefined;
  readonly trigger: Trigger | undefined;
  readonly conf: Readonly<Record<string, string>>;
  readonly forget: readonly string[];
}

export interface Feed {
  readonly add: Readonly<Record<string, readonly CaseRow[]>>;
  readonly files: readonly NamedFile[];
  readonly table: Readonly<Record<string, readonly CaseRow[]>>;
  readonly hold: boolean;
  readonly waitMs: number;
}

export type Step =
  { readonly kind: 'feed'; readonly feed: Feed } | { readonly kind: 'restart'; readonly restart: Restart };

export const MODES = ['append', 'update', 'complete'] as const;
export const TRIGGERS = ['processingTime', 'availableNow', 'once'] as const;
export type OutputMode = (typeof MODES)[number];
export type Trigger = (typeof TRIGGERS)[number];

export interface StreamCase {
  readonly file: string;
  readonly name: string;
  readonly feature: string;
  readonly about: string;
  readonly rules: readonly number[];
  readonly views: Readonly<Record<string, View>>;
  readonly tables: Readonly<Record<string, Table>>;
  /** The file's programs, which calls may name. */
  readonly programs: Readonly<Record<string, readonly Call[]>>;
  readonly program: CaseProgram;
  readonly mode: OutputMode;
  readonly trigger: Trigger;
  readonly conf: Readonly<Record<string, string>>;
  readonly ordered: boolean;
  readonly masked: readonly string[];
  /** Parts of the progress that are expected too. */
  readonly progress: readonly ProgressPart[];
  readonly logs: boolean;
  readonly failIn: readonly number[];
  /** What Millrace does on purpose instead of going on as Spark does. */
  readonly instead: Instead | undefined;
  readonly steps: readonly Step[];
}

export interface Instead {
  /** The condition of its error. */
  readonly error: string;
  readonly why: string;
}
