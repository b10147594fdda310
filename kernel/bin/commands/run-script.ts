/** `millrace run FILE.ts`: the file as a module of its own; `import … from 'millrace'` is the running package, wherever the file lies. */
import { dirname, resolve } from 'node:path';
import { MillraceError } from '../../core/errors.ts';
import { processSessions } from '../../process-session.ts';
import { ModuleLoader } from '../../session/host/module-loader.ts';
import type { ParameterValue } from './parameters.ts';
import { messageOf, untilStreamsEnd } from './streams.ts';

/** @returns the exit code */
export async function runScript(
  file: string,
  parameters: ReadonlyMap<string, ParameterValue>,
  moduleHooksUrl: URL,
): Promise<number> {
  processSessions.parameters = Object.fromEntries(parameters);
  const path = resolve(file);
  const millrace = await import('../../index.ts');
  const loader = new ModuleLoader({ cwd: dirname(path), provided: { millrace }, hooksUrl: moduleHooksUrl.href });
  try {
    await loader.load(path);
    return await untilStreamsEnd(processSessions.current?.engine);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  } finally {
    await processSessions.current?.engine.shutdown();
  }
}

/** A user's error is its message and the user's own lines; anything else keeps its whole stack. */
function describe(error: unknown): string {
  if (!(error instanceof MillraceError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const own = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:internal|\/dist\/|\/node_modules\//.test(line));
  return [messageOf(error), ...own].join('\n');
}
