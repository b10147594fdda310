/** Errors as the protocol shows them. */
import { MillraceError } from '../core/errors.ts';

export interface ErrorContent {
  readonly status: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export function errorContent(error: unknown): ErrorContent {
  const ename = isUserError(error) ? error.condition : error instanceof Error ? error.name : 'Error';
  const evalue = error instanceof Error ? error.message : String(error);
  return { status: 'error', ename, evalue, traceback: [`\u001b[31m${ename}\u001b[39m: ${evalue}`] };
}

function isUserError(error: unknown): error is MillraceError {
  return error instanceof MillraceError;
}
