/** The Java that servers run on. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `java -version` says. @throws Error where there is none */
export async function javaVersion(): Promise<string> {
  const { stderr } = await run('java', ['-version']);
  return stderr;
}

/** Why there is no Java here; undefined where there is one. */
export async function javaMissing(): Promise<string | undefined> {
  return javaVersion().then(
    () => undefined,
    () => 'no Java: install the package default-jre-headless',
  );
}
