/** The error of a sum that leaves its type. */
import { typeName } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import type { AccumulatorSpec } from '../../functions/contract.ts';

export function sumOverflow(
  { stateType }: AccumulatorSpec,
  mode: 'update' | 'merge',
): MillraceError<'ARITHMETIC_OVERFLOW'> {
  return new MillraceError('ARITHMETIC_OVERFLOW', {
    operation: `${mode === 'merge' ? 'Merging sums' : 'sum'} of type ${typeName(stateType)}`,
    remedy: 'Use try_sum to get NULL instead, or set spark.sql.ansi.enabled to false.',
  });
}
