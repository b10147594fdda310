/**
 * A process of its own that runs the cases of one suite, so that a case which hangs or ends the process costs one case and not the
 * run. `worker.ts MODULE`: a module that exports `suite`. Speaks by Node's IPC: first all cases, then each one's end.
 */
import type { CompatSuite } from './contract.ts';

/** From the parent: run these, in this order. */
export interface RunCases {
  readonly ids: readonly string[];
}

export interface CaseHead {
  readonly id: string;
  readonly feature: string;
  readonly place: string;
}

/** To the parent. `difference` is absent where the case passed. */
export type WorkerMessage =
  | { readonly kind: 'opened'; readonly cases: readonly CaseHead[] }
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'ended'; readonly id: string; readonly difference?: string }
  | { readonly kind: 'done' };

/** Resolves once the parent has it, so that a process which then dies has told how far it came. */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

const [module = ''] = process.argv.slice(2);
const { suite } = (await import(module)) as { readonly suite: CompatSuite };
const opened = await suite.open();
const byId = new Map(opened.cases.map((test) => [test.id, test]));
if (byId.size !== opened.cases.length) throw new Error(`${suite.name}: two cases have one id`);

process.on('message', (request: RunCases) => {
  run(request.ids).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
await tell({ kind: 'opened', cases: opened.cases.map(({ id, feature, place }) => ({ id, feature, place })) });

async function run(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await tell({ kind: 'started', id });
    const difference = await differenceOf(id);
    await tell({ kind: 'ended', id, ...(difference === undefined ? {} : { difference }) });
  }
  await tell({ kind: 'done' });
  await opened.close();
  process.exit(0);
}

async function differenceOf(id: string): Promise<string | undefined> {
  try {
    const test = byId.get(id);
    return test === undefined ? `there is no case ${id}` : await test.run();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
