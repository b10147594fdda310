/** The 22 queries of TPC-H as questions: the same text for all but Polars. */
import { tpchQueries } from '../../tpch/queries.ts';
import type { Question } from './questions.ts';

export function tpchQuestions(scale: number): readonly Question[] {
  return tpchQueries(scale).map(({ id, title, sql }) => ({
    name: id,
    title: `${title.toLowerCase()}, scale ${scale}`,
    sql,
    duckdb: sql,
    // The fraction of q11.
    argument: 0.0001 / scale,
  }));
}
