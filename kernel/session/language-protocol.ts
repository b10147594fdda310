/**
 * What the jupyter worker and the language worker say to each other. The language worker's entry calls
 * `serveLanguage(parentPort, service)`; the other side is kernel/jupyter/language-client.ts.
 */
import type { CatalogSnapshot, Completion, Inspection, LanguageService } from './contract.ts';

export type LanguageRequest =
  | { readonly type: 'complete'; readonly id: number; readonly code: string; readonly cursor: number }
  | {
      readonly type: 'inspect';
      readonly id: number;
      readonly code: string;
      readonly cursor: number;
      readonly detailLevel: 0 | 1;
    }
  | { readonly type: 'note-cell'; readonly code: string }
  | { readonly type: 'note-catalog'; readonly catalog: CatalogSnapshot };

export type LanguageResponse =
  | { readonly type: 'completion'; readonly id: number; readonly completion: Completion }
  | { readonly type: 'inspection'; readonly id: number; readonly inspection: Inspection }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** A MessagePort, seen from the side that serves. */
export interface LanguagePort {
  postMessage(response: LanguageResponse): void;
  on(event: 'message', listener: (request: LanguageRequest) => void): unknown;
}

/** Answers requests in the order in which they come; notes take effect before the requests behind them. */
export function serveLanguage(port: LanguagePort, service: LanguageService): void {
  port.on('message', (request) => {
    switch (request.type) {
      case 'complete':
        answer(port, request.id, async () => ({
          type: 'completion',
          id: request.id,
          completion: await service.complete(request.code, request.cursor),
        }));
        return;
      case 'inspect':
        answer(port, request.id, async () => ({
          type: 'inspection',
          id: request.id,
          inspection: await service.inspect(request.code, request.cursor, request.detailLevel),
        }));
        return;
      case 'note-cell':
        service.noteCell(request.code);
        return;
      case 'note-catalog':
        service.noteCatalog(request.catalog);
        return;
    }
  });
}

function answer(port: LanguagePort, id: number, respond: () => Promise<LanguageResponse>): void {
  respond().then(
    (response) => port.postMessage(response),
    (error: unknown) =>
      port.postMessage({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) }),
  );
}
