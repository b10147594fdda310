/**
 * The language worker, seen from the jupyter worker. It is started at the first completion or inspection, since it takes
 * 0.6 s and 150 MB; the cells that ran before are told to it then. One that dies is started anew at the next question.
 */
import { Worker } from 'node:worker_threads';
import { MillraceError, reviveError } from '../core/errors.ts';
import type { CatalogSnapshot, Completion, Inspection, LanguageService } from '../session/contract.ts';
import type { LanguageRequest, LanguageResponse } from '../session/language-protocol.ts';
import type { Log } from './log.ts';

/** Each keystroke makes a new checker's worth of short-lived objects: with room for them a completion takes a third less. */
const YOUNG_MB = 64;

interface Waiting {
  readonly resolve: (response: LanguageResponse) => void;
  readonly reject: (error: Error) => void;
}

export class LanguageClient implements LanguageService {
  readonly #url: URL;
  readonly #log: Log;
  /** The session's cells so far, in order: what a new worker has to be told. */
  readonly #cells: string[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #catalog: CatalogSnapshot | undefined;
  #worker: Worker | undefined;
  #requests = 0;

  constructor(url: URL, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  async complete(code: string, cursor: number): Promise<Completion> {
    const response = await this.#ask((id) => ({ type: 'complete', id, code, cursor }));
    return response.type === 'completion' ? response.completion : failed(response);
  }

  async inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<Inspection> {
    const response = await this.#ask((id) => ({ type: 'inspect', id, code, cursor, detailLevel }));
    return response.type === 'inspection' ? response.inspection : failed(response);
  }

  noteCell(code: string): void {
    this.#cells.push(code);
    if (this.#worker !== undefined) this.#post(this.#worker, { type: 'note-cell', code });
  }

  noteCatalog(catalog: CatalogSnapshot): void {
    this.#catalog = catalog;
    if (this.#worker !== undefined) this.#post(this.#worker, { type: 'note-catalog', catalog });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(request: (id: number) => LanguageRequest): Promise<LanguageResponse> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    this.#requests += 1;
    const id = this.#requests;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post(worker, request(id));
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { name: 'language', resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    worker.on('message', (response: LanguageResponse) => {
      const waiting = this.#waiting.get(response.id);
      this.#waiting.delete(response.id);
      waiting?.resolve(response);
    });
    worker.on('error', (error) => this.#log(`the language worker failed: ${error.stack ?? String(error)}`));
    worker.on('exit', () => this.#noteExit(worker));
    for (const code of this.#cells) this.#post(worker, { type: 'note-cell', code });
    if (this.#catalog !== undefined) this.#post(worker, { type: 'note-catalog', catalog: this.#catalog });
    return worker;
  }

  #noteExit(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new MillraceError('INTERNAL_ERROR', { message: 'the language worker ended' }));
    }
    this.#waiting.clear();
  }

  #post(worker: Worker, request: LanguageRequest): void {
    worker.postMessage(request);
  }
}

function failed(response: LanguageResponse): never {
  const message = response.type === 'failed' ? response.message : `unexpected ${response.type}`;
  throw reviveError({ name: 'LanguageError', message });
}
