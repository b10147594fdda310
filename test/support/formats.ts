/** Files written, cut into tasks and read through their format, as the engine does it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import type { ScanTask } from '../../kernel/arrow/scan.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import { typeName, type Schema } from '../../kernel/arrow/types.ts';
import { rowsOf, type CellValue, type RowObject } from '../../kernel/arrow/values.ts';
import { present } from '../../kernel/core/assert.ts';
import { fileFormats } from '../../kernel/connectors/formats/formats.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';

export interface ReadOptions {
  readonly options?: Readonly<Record<string, string>>;
  /** Absent: inferred. */
  readonly schema?: Schema;
  /** The columns asked for; absent: all. */
  readonly wanted?: Schema;
  readonly batchRowsMax?: number;
  readonly fileName?: string;
  /** Replaces the format's own cut. */
  readonly cut?: (tasks: readonly ScanTask[]) => readonly ScanTask[];
}

export interface ReadResult {
  readonly schema: string;
  readonly rows: unknown[];
}

export interface FormatReader {
  read(format: string, content: string | Uint8Array, options?: ReadOptions): ReadResult;
  close(): void;
}

export function createFormatReader(engine: EngineInstance): FormatReader {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-formats-'));
  return {
    read(name, content, request = {}) {
      const format = present(fileFormats.get(name), `the format ${name}`);
      const path = join(folder, request.fileName ?? 'data');
      writeFileSync(path, content);
      const options = request.options ?? {};
      const schema = request.schema ?? format.inferSchema([path], options);
      const tasks = format.tasks(path, statSync(path).size, options, schema);
      const arena = engine.memory.createArena('test');
      const reader = format.createReader(engine.kernels);
      const { wanted = schema, batchRowsMax = 1000, cut = keep } = request;
      const rows: unknown[] = [];
      for (const task of cut(tasks)) {
        for (const batch of reader.read(task, { schema: wanted, arena, batchRowsMax, timeZone: 'UTC' })) {
          rows.push(...rowsOf(batch).map(plain));
        }
      }
      arena.release();
      return { schema: typeName(schema), rows };
    },
    close: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

const keep = (tasks: readonly ScanTask[]): readonly ScanTask[] => tasks;

/** Cells as text or plain values, for comparing. */
function plain(value: CellValue): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? Number(value) : value;
  if (value instanceof Timestamp || value instanceof SqlDate || value instanceof Decimal) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Map) {
    return [...(value as ReadonlyMap<CellValue, CellValue>)].map(([key, item]) => [plain(key), plain(item)]);
  }
  if (Array.isArray(value)) return (value as readonly CellValue[]).map(plain);
  return Object.fromEntries(Object.entries(value as RowObject).map(([key, item]) => [key, plain(item)]));
}
