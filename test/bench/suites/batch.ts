/** Questions over tables in memory: group-by and joins of the h2oai db-benchmark, time windows, JSON lines, TPC-H. */
import { questionComparison } from '../batch/engine.ts';
import { millraceBatch } from '../batch/millrace.ts';
import { batchPeers } from '../batch/peers.ts';
import { GROUP_BY, JOINS, WINDOWS, type Question } from '../batch/questions.ts';
import { sharedTables, TPCH_SCALE, tpchTables } from '../batch/tables.ts';
import { tpchQuestions } from '../batch/tpch.ts';
import { TPCH_TABLES } from '../../tpch/data.ts';
import type { Section, SectionContext, Size, Suite, Target } from '../contract.ts';
import { jsonWindow } from './json-window.ts';

interface Questions {
  readonly name: string;
  readonly tables: readonly string[];
  /** Makes the tables. @returns their folder */
  readonly make: (context: SectionContext) => Promise<string>;
  readonly asked: (size: Size) => readonly Question[];
  readonly rounds: number;
  readonly target?: Target;
}

export const batch: Suite = {
  name: 'batch',
  sections: [
    questions({ name: 'group-by', tables: ['groupby'], make: sharedTables, asked: () => GROUP_BY, rounds: 5 }),
    questions({
      name: 'joins',
      tables: ['x', 'small', 'medium', 'big'],
      make: sharedTables,
      asked: () => JOINS,
      rounds: 5,
    }),
    questions({
      name: 'windows',
      tables: ['events'],
      make: sharedTables,
      asked: () => WINDOWS,
      rounds: 5,
      target: { kind: 'ratio', max: 0.5, peer: 'DuckDB' },
    }),
    jsonWindow,
    questions({
      name: 'tpch',
      tables: TPCH_TABLES,
      make: tpchTables,
      asked: (size) => tpchQuestions(TPCH_SCALE[size]),
      rounds: 3,
    }),
  ],
};

function questions({ name, tables, make, asked, rounds, target }: Questions): Section {
  return {
    name,
    async open(context) {
      const folder = await make(context);
      const ours = await millraceBatch();
      const { peers, missing } = await batchPeers();
      for (const engine of [ours, ...peers]) {
        context.note(`loading into ${engine.engine.name}`);
        await engine.load(folder, tables);
      }
      const options = { rounds, ...(target === undefined ? {} : { target }) };
      return {
        comparisons: asked(context.size).map((question) => questionComparison(question, ours, peers, options)),
        missing,
        close: async () => {
          for (const engine of [ours, ...peers]) await engine.close();
        },
      };
    },
  };
}
