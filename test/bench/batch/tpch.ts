/** The 22 queries of TPC-H as questions: the same text for all but Polars. */
import { tpchQueries } from '../../tpch/queries.ts';
import type { Question } from './questions.ts';

/** Spark rounds means of decimals to six digits, others give doubles; no query gives more than a few of them. */
const ROUNDING = 1e-5;

export function tpchQuestions(scale: number): readonly Question[] {
  return tpchQueries(scale).map(({ id, title, sql }) => ({
    name: id,
    title: `${title.toLowerCase()}, scale ${scale}`,
    sql,
    duckdb: sql,
    rounding: ROUNDING,
    polars: `tpch ${id}`,
    // The fraction of q11.
    argument: 0.0001 / scale,
  }));
}
