/** A case's program as a DataFrame of Millrace: a list of calls with SQL expressions, or SQL text over the views. */
import type * as Public from '../../../kernel/index.ts';
import { DataFrame, type JoinType } from '../../../kernel/api/data-frame.ts';
import { GroupedData } from '../../../kernel/api/grouped-data.ts';
import { namedCalls, type Call, type CaseProgram, type StreamCase } from './case-file.ts';
import { FUNCTIONS } from './functions.ts';
import type { Inputs } from './inputs.ts';
import { array, number, text } from './parse.ts';
