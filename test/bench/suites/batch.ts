/** Questions over tables in memory: group-by and joins of the h2oai db-benchmark, and time windows. */
import { questionComparison } from '../batch/engine.ts';
import { millraceBatch } from '../batch/millrace.ts';
import { batchPeers } from '../batch/peers.ts';
import { GROUP_BY, JOINS, WINDOWS, type Question } from '../batch/questions.ts';
import { sharedTables } from '../batch/tables.ts';
import type { Section, Suite, Target } from '../contract.ts';
import { jsonWindow } from './json-window.ts';

const HALF_OF_DUCKDB: Target = { kind: 'ratio', max: 0.5, peer: 'DuckDB' };

export const batch: Suite = {
  name: 'batch',
  sections: [
    questions('group-by', ['groupby'], GROUP_BY),
    questions('joins', ['x', 'small', 'medium', 'big'], JOINS),
    questions('windows', ['events'], WINDOWS, HALF_OF_DUCKDB),
    jsonWindow,
  ],
};

function questions(name: string, tables: readonly string[], asked: readonly Question[], target?: Target): Section {
  return {
    name,
    async open(context) {
      const folder = await sharedTables(context);
      const ours = await millraceBatch();
      const { peers, missing } = await batchPeers();
      for (const engine of [ours, ...peers]) {
        context.note(`loading into ${engine.engine.name}`);
        await engine.load(folder, tables);
      }
      const options = { rounds: 5, ...(target === undefined ? {} : { target }) };
      return {
        comparisons: asked.map((question) => questionComparison(question, ours, peers, options)),
        missing,
        close: async () => {
          for (const engine of [ours, ...peers]) await engine.close();
        },
      };
    },
  };
}
