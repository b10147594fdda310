/** Completion and inspection of a TypeScript cell, out of the language service's answers. */
import ts from 'typescript';
import type { Completion, Inspection } from '../contract.ts';
import type { CellModule } from './cell-document.ts';

/** Entries in a completion, at most: more than a person looks through, few enough to send at once. */
const MATCHES_MAX = 500;
/** Signatures are computed one by one (about 1 ms each), so only short lists get them. */
const SIGNATURES_MAX = 8;

export function completeTypeScript(
  service: ts.LanguageService,
  file: string,
  module: CellModule,
  code: string,
  cursor: number,
): Completion {
  const offset = module.prefix + cursor;
  const answer = service.getCompletionsAtPosition(file, offset, { includeCompletionsWithInsertText: false });
  const span =
    answer?.optionalReplacementSpan ?? answer?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
  const cursorStart = span === undefined ? identifierStart(code, cursor) : span.start - module.prefix;
  const cursorEnd = span === undefined ? cursor : Math.max(cursor, span.start + span.length - module.prefix);
  const typed = code.slice(cursorStart, cursor).toLowerCase();
  const entries = (answer?.entries ?? [])
    .filter((entry) => entry.kind !== ts.ScriptElementKind.warning && entry.name.toLowerCase().startsWith(typed))
    .sort((a, b) => compare(a.sortText, b.sortText) || compare(a.name, b.name))
    .slice(0, MATCHES_MAX);
  const types = entries.map((entry) => {
    const detail =
      entries.length <= SIGNATURES_MAX
        ? service.getCompletionEntryDetails(file, offset, entry.name, undefined, entry.source, undefined, undefined)
        : undefined;
    const signature = detail === undefined ? '' : signatureText(detail.displayParts);
    return { text: entry.name, type: typeOfKind(entry.kind), ...(signature === '' ? {} : { signature }) };
  });
  return { matches: entries.map((entry) => entry.name), cursorStart, cursorEnd, types };
}

/** What stands at the cursor, or before it; inside a call's parentheses, where that is nothing, the function called. */
export function inspectTypeScript(
  service: ts.LanguageService,
  file: string,
  module: CellModule,
  cursor: number,
): Inspection {
  const offset = module.prefix + cursor;
  const info =
    service.getQuickInfoAtPosition(file, offset) ??
    (cursor > 0 ? service.getQuickInfoAtPosition(file, offset - 1) : undefined);
  if (info !== undefined) {
    return inspection(signatureText(info.displayParts), ts.displayPartsToString(info.documentation), info.tags ?? []);
  }
  const help = service.getSignatureHelpItems(file, offset, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (item === undefined) return { found: false, data: {} };
  const parameters = item.parameters.map((parameter) => ts.displayPartsToString(parameter.displayParts)).join(', ');
  const text = `${ts.displayPartsToString(item.prefixDisplayParts)}${parameters}${ts.displayPartsToString(item.suffixDisplayParts)}`;
  return inspection(text, ts.displayPartsToString(item.documentation), item.tags);
}

export function inspection(
  signature: string,
  documentation: string,
  tags: readonly ts.JSDocTagInfo[] = [],
): Inspection {
  const tagLines = tags.map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`.trim());
  const plain = [signature, documentation, tagLines.join('\n')].filter((part) => part !== '').join('\n\n');
  const markdown = [
    `\`\`\`typescript\n${signature}\n\`\`\``,
    documentation,
    tagLines.map((line) => `*${line.replace(/^(@\w+)/, '$1*')}`).join('  \n'),
  ];
  return {
    found: true,
    data: { 'text/plain': plain, 'text/markdown': markdown.filter((part) => part !== '').join('\n\n') },
  };
}

/** Types without the paths of the files that declare them. */
function signatureText(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString([...(parts ?? [])]).replaceAll(/import\("[^"]*"\)\./g, '');
}

function identifierStart(code: string, cursor: number): number {
  let start = cursor;
  while (start > 0 && /[\w$\u0080-\uffff]/.test(code.charAt(start - 1))) start--;
  return start;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** JupyterLab's icons know these names; what is not listed is an `instance`. */
const KIND_TYPES: ReadonlyMap<ts.ScriptElementKind, string> = new Map([
  [ts.ScriptElementKind.functionElement, 'function'],
  [ts.ScriptElementKind.localFunctionElement, 'function'],
  [ts.ScriptElementKind.memberFunctionElement, 'function'],
  [ts.ScriptElementKind.constructSignatureElement, 'function'],
  [ts.ScriptElementKind.callSignatureElement, 'function'],
  [ts.ScriptElementKind.classElement, 'class'],
  [ts.ScriptElementKind.localClassElement, 'class'],
  [ts.ScriptElementKind.interfaceElement, 'class'],
  [ts.ScriptElementKind.typeElement, 'class'],
  [ts.ScriptElementKind.enumElement, 'class'],
  [ts.ScriptElementKind.keyword, 'keyword'],
  [ts.ScriptElementKind.moduleElement, 'module'],
  [ts.ScriptElementKind.alias, 'module'],
  [ts.ScriptElementKind.memberVariableElement, 'property'],
  [ts.ScriptElementKind.memberGetAccessorElement, 'property'],
  [ts.ScriptElementKind.memberSetAccessorElement, 'property'],
  [ts.ScriptElementKind.string, 'text'],
]);

function typeOfKind(kind: ts.ScriptElementKind): string {
  return KIND_TYPES.get(kind) ?? 'instance';
}
