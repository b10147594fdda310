/** State functions that cases name; `oracle/functions.py` has the same for Spark. */
import type { DataFrame } from '../../../kernel/api/data-frame.ts';
import type { GroupedData } from '../../../kernel/api/grouped-data.ts';

/** Applies a state function to the groups, in the given output mode and with the given timeout. */
export type StateFunction = (grouped: GroupedData, mode: string, timeout: string) => DataFrame;

export const FUNCTIONS: Readonly<Record<string, StateFunction>> = {};
