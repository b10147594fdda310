/** Whether a stage reads its source's text by from_json alone, which takes no notice of white space after a document. */
import type { Expr } from '../expr/expr.ts';
import { walk } from '../expr/nodes.ts';
import type { Stage } from './stage.ts';

/** @returns false where the source has no text, or something else looks at it */
export function readsTextAsJson({ source, operators, sink }: Stage): boolean {
  const texts = new Set(source.output.filter(({ type }) => type.kind === 'string').map(({ id }) => id));
  if (source.kind !== 'scan' || texts.size === 0) return false;
  for (const operator of operators) {
    switch (operator.kind) {
      case 'filter':
        if (looksAt(operator.condition, texts)) return false;
        break;
      case 'window':
      case 'watermark':
        if (looksAt(operator.time, texts)) return false;
        break;
      case 'project':
        // Above a projection the source's columns are gone.
        return !operator.columns.some(({ expression }) => looksAt(expression, texts));
    }
  }
  if (sink.kind !== 'aggregate') return false;
  const inputs = sink.accumulators.flatMap(({ input }) => (input === undefined ? [] : [input]));
  return ![...sink.keys.map(({ expression }) => expression), ...inputs].some((expression) =>
    looksAt(expression, texts),
  );
}

/** Whether one of the columns occurs otherwise than as the text of from_json. */
function looksAt(expression: Expr, texts: ReadonlySet<number>): boolean {
  let found = false;
  walk(expression, (node) => {
    if (node.kind === 'column' && texts.has(node.id)) found = true;
    if (node.kind !== 'function' || node.name !== 'from_json') return found ? 'stop' : 'descend';
    const [text, ...others] = node.args;
    if (text?.kind !== 'column') return 'descend';
    found ||= others.some((other) => looksAt(other, texts));
    return found ? 'stop' : 'skip';
  });
  return found;
}
