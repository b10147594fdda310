/**
 * The little that the session needs of acorn's tree: parsing what oxc printed, and the children of any node.
 * Positions are UTF-16 offsets into the parsed text.
 */
import { parse, type AnyNode, type Program } from 'acorn';

export type { AnyNode, Program } from 'acorn';

/** Parses a module with top-level await. @throws SyntaxError as acorn raises it, with `pos`. */
export function parseModule(code: string): Program {
  return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true });
}

/** The direct children of a node, in the order of the text for every node that acorn makes. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'start' in value && typeof value.type === 'string'
  );
}
