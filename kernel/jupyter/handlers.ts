/** Requests that the jupyter worker answers itself, at once, whatever the main thread does. One entry per request. */
import type { Completion, Inspection, IsComplete, LanguageService } from '../session/contract.ts';
import type { Comms } from './comms.ts';
import type { ContentReader } from './content.ts';
import { codePointsToUnits, unitsToCodePoints } from './cursor.ts';
import type { History, HistoryTuple } from './history.ts';
import type { KernelDescription } from './thread-protocol.ts';
import { PROTOCOL_VERSION } from './wire.ts';

interface Ok {
  readonly status: 'ok';
}

export interface Replies {
  readonly kernel_info_request: Ok & {
    readonly protocol_version: string;
    readonly implementation: 'millrace';
    readonly implementation_version: string;
    readonly banner: string;
    readonly language_info: KernelDescription['language'];
    readonly help_links: KernelDescription['helpLinks'];
    readonly debugger: false;
  };
  readonly is_complete_request: IsComplete;
  readonly complete_request: Ok & {
    readonly matches: readonly string[];
    readonly cursor_start: number;
    readonly cursor_end: number;
    readonly metadata: Readonly<Record<string, unknown>>;
  };
  readonly inspect_request: Ok & Inspection & { readonly metadata: Readonly<Record<string, never>> };
  readonly history_request: Ok & { readonly history: readonly HistoryTuple[] };
  readonly comm_info_request: Ok & { readonly comms: ReturnType<Comms['info']> };
}

export type RequestType = keyof Replies;

export type Handlers = { readonly [T in RequestType]: (content: ContentReader) => Replies[T] | Promise<Replies[T]> };

export interface HandlerPorts {
  readonly kernel: KernelDescription;
  readonly history: History;
  readonly comms: Comms;
  /** Undefined where the kernel was started without one. */
  readonly language: LanguageService | undefined;
}

const NO_COMPLETION: Completion = { matches: [], cursorStart: 0, cursorEnd: 0, types: [] };

export function createHandlers({ kernel, history, comms, language }: HandlerPorts): Handlers {
  return {
    kernel_info_request: () => ({
      status: 'ok',
      protocol_version: PROTOCOL_VERSION,
      implementation: 'millrace',
      implementation_version: kernel.version,
      banner: kernel.banner,
      language_info: kernel.language,
      help_links: kernel.helpLinks,
      debugger: false,
    }),
    is_complete_request: async (content) => {
      // Only consoles ask, and the parser would delay every start.
      const { isComplete } = await import('../session/is-complete.ts');
      return isComplete(content.text('code'));
    },
    complete_request: async (content) => {
      const { code, cursor } = readPlace(content);
      const completion = (await language?.complete(code, cursor)) ?? {
        ...NO_COMPLETION,
        cursorStart: cursor,
        cursorEnd: cursor,
      };
      return completeReply(code, completion);
    },
    inspect_request: async (content) => {
      const { code, cursor } = readPlace(content);
      const detailLevel = content.integer('detail_level', 0) === 0 ? 0 : 1;
      const { found, data } = (await language?.inspect(code, cursor, detailLevel)) ?? { found: false, data: {} };
      return { status: 'ok', found, data, metadata: {} };
    },
    history_request: (content) => ({ status: 'ok', history: history.answer(content) }),
    comm_info_request: (content) => ({ status: 'ok', comms: comms.info(content.optionalText('target_name')) }),
  };
}

/** The cursor in UTF-16 units, clamped to the code; its end where the request names none. */
function readPlace(content: ContentReader): { readonly code: string; readonly cursor: number } {
  const code = content.text('code');
  const cursor = content.optionalInteger('cursor_pos');
  return { code, cursor: cursor === undefined ? code.length : codePointsToUnits(code, cursor) };
}

function completeReply(code: string, completion: Completion): Replies['complete_request'] {
  const start = unitsToCodePoints(code, completion.cursorStart);
  const end = unitsToCodePoints(code, completion.cursorEnd);
  const types = completion.types.map((type) => ({ start, end, ...type }));
  return {
    status: 'ok',
    matches: completion.matches,
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: types },
  };
}
