/** A QueryRunner that records what it is asked; for tests of the API and the analyzer, which never run a plan. */
import { Types, type Schema } from '../../kernel/arrow/types.ts';
import { toIpc } from '../../kernel/arrow/ipc.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import type {
  QueryResult,
  QueryRunner,
  SourceRequest,
  StreamHandle,
  StreamRequest,
} from '../../kernel/plan/runner-port.ts';
import { SparkSession } from '../../kernel/api/session.ts';
import { sqlParser } from '../../kernel/sql/parser.ts';

export interface FakeRunner extends QueryRunner {
  readonly executed: LogicalPlan[];
  readonly started: StreamRequest[];
  readonly sources: SourceRequest[];
  readonly memoryData: { readonly streamId: number; readonly ipc: Uint8Array }[];
  readonly printed: string[];
}

/** @param answer the result of every execution; no rows where absent */
export function fakeRunner(answer?: (plan: LogicalPlan) => QueryResult): FakeRunner {
  const executed: LogicalPlan[] = [];
  const started: StreamRequest[] = [];
  const sources: SourceRequest[] = [];
  const memoryData: { streamId: number; ipc: Uint8Array }[] = [];
  return {
    executed,
    started,
    sources,
    memoryData,
    printed: [],
    execute(plan) {
      executed.push(plan);
      return Promise.resolve(
        answer?.(plan) ?? { schema: Types.struct([]), rowCount: 0, ipc: toIpc([], Types.struct([])) },
      );
    },
    explain: (plan, mode) => `${mode} ${plan.kind}`,
    sourceSchema(source) {
      sources.push(source);
      return source.schema ?? defaultSchema(source.format);
    },
    startStream(request) {
      started.push(request);
      return fakeHandle(request, started.length);
    },
    addMemoryData: (streamId, ipc) => void memoryData.push({ streamId, ipc }),
  };
}

function defaultSchema(format: string): Schema {
  const text = format === 'rate' ? 'timestamp TIMESTAMP, value BIGINT' : 'value STRING';
  return sqlParser.parseSchema(text);
}

function fakeHandle(request: StreamRequest, number: number): StreamHandle {
  let isActive = true;
  return {
    id: `id-${number}`,
    runId: `run-${number}`,
    name: request.name,
    snapshot: () => ({
      isActive,
      status: { message: 'Waiting for data to arrive', isDataAvailable: false, isTriggerActive: false },
      recentProgress: [],
      exception: undefined,
    }),
    stop() {
      isActive = false;
      return Promise.resolve();
    },
    awaitTermination: () => Promise.resolve(!isActive),
    processAllAvailable: () => Promise.resolve(),
    explain: (mode) => `stream ${mode}`,
  };
}

/** A session over the fake, with the real parser. */
export function fakeSession(runner: FakeRunner = fakeRunner()): SparkSession {
  return new SparkSession({ parser: sqlParser, runner, print: (text) => void runner.printed.push(text) });
}
