/** The language service of a notebook: TypeScript cells by TypeScript's own, SQL cells by the catalog and the registry. */
import type { CatalogSnapshot, Completion, Inspection, LanguageService } from '../contract.ts';
import { CellDocument } from './cell-document.ts';
import { completeMagic, inspectMagic } from './magic-answers.ts';
import { completeSql, inspectSql, isSqlCell, type SqlVocabulary } from './sql-answers.ts';
import { completeTypeScript, inspectTypeScript } from './typescript-answers.ts';
import { TypeScriptHost, type TypeScriptHostOptions } from './typescript-host.ts';

export function createLanguageService(
  options: TypeScriptHostOptions & { readonly sql: SqlVocabulary },
): LanguageService {
  const cells = new CellDocument();
  const host = new TypeScriptHost(options);
  let catalog: CatalogSnapshot = { tables: [] };
  return {
    complete(code, cursor): Promise<Completion> {
      const magic = completeMagic(code, cursor);
      if (magic !== undefined) return Promise.resolve(magic);
      if (isSqlCell(code)) return Promise.resolve(completeSql(options.sql, catalog, code, cursor));
      const module = cells.moduleFor(code, cursor);
      return Promise.resolve(completeTypeScript(host.service, host.show(module), module, code, cursor));
    },
    inspect(code, cursor): Promise<Inspection> {
      const magic = inspectMagic(code, cursor);
      if (magic !== undefined) return Promise.resolve(magic);
      if (isSqlCell(code)) return Promise.resolve(inspectSql(options.sql, catalog, code, cursor));
      const module = cells.moduleFor(code, cursor);
      return Promise.resolve(inspectTypeScript(host.service, host.show(module), module, cursor));
    },
    noteCell: (code) => cells.note(code),
    noteCatalog: (snapshot) => {
      catalog = snapshot;
    },
  };
}
