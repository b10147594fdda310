/** Temporary views by name. Analysed plans go in; names are case-insensitive. */
import { MillraceError } from '../core/errors.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { nearest } from './suggest.ts';

export interface CatalogTable {
  /** As the user wrote it. */
  readonly name: string;
  readonly plan: LogicalPlan;
}

export class Catalog {
  readonly #views = new Map<string, CatalogTable>();
  readonly #listeners = new Set<() => void>();

  /** @throws TABLE_OR_VIEW_ALREADY_EXISTS unless `replace` */
  setView(name: string, plan: LogicalPlan, options: { readonly replace: boolean }): void {
    const key = name.toLowerCase();
    if (!options.replace && this.#views.has(key)) throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { name });
    this.#views.set(key, { name, plan });
    this.#changed();
  }

  find(name: string): CatalogTable | undefined {
    return this.#views.get(name.toLowerCase());
  }

  /** @returns whether there was one */
  dropView(name: string): boolean {
    const dropped = this.#views.delete(name.toLowerCase());
    if (dropped) this.#changed();
    return dropped;
  }

  list(): readonly CatalogTable[] {
    return [...this.#views.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Called after each change, for completion. @returns a function that ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

export function tableNotFound(name: string, known: readonly string[]): MillraceError {
  const near = nearest(name, known);
  const suggestion =
    near.length > 0
      ? `Did you mean ${near.map((n) => `\`${n}\``).join(' or ')}?`
      : 'Create it with createOrReplaceTempView, or check the spelling.';
  return new MillraceError('TABLE_OR_VIEW_NOT_FOUND', { name: `\`${name}\``, suggestion });
}
