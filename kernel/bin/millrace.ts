#!/usr/bin/env node
/**
 * The command `millrace`. Results go to standard output, everything else to standard error; the exit code is 0 only when all
 * went well: 1 where the program failed, 2 where the command was used wrongly.
 */
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import { MillraceError } from '../core/errors.ts';
import { installKernelspec, uninstallKernelspec } from './commands/kernelspec.ts';
import { parseParameters } from './commands/parameters.ts';
import type { OutputFormat } from './commands/run-sql.ts';
import { endWithReader, terminal } from './commands/terminal.ts';

const HELP = `Usage: millrace COMMAND

  run FILE.ipynb|.ts|.sql       runs a notebook, a program or SQL statements
      -p name=value             a parameter; may be repeated
      --format table|json|csv   how the rows of the last SQL statement are printed (table)
      --output-notebook FILE    writes the notebook with its outputs
  sql "SELECT …"                runs SQL; -p and --format as above
  install [--user|--sys-prefix|--prefix DIR]
                                registers the kernel with Jupyter
  uninstall [--user|--sys-prefix|--prefix DIR]
  --version, --help
`;

endWithReader();
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof MillraceError && error.condition !== 'COMMAND_USAGE' ? 1 : 2;
});
// Threads that a failed program has left behind must not keep the process.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'run':
      return run(rest);
    case 'sql':
      return sql(rest);
    case 'install':
      return place(rest, (where) => `Installed the kernelspec in ${installKernelspec(where)}`);
    case 'uninstall':
      return place(rest, (where) => {
        const { folder, wasThere } = uninstallKernelspec(where);
        return wasThere ? `Removed the kernelspec from ${folder}` : `There is no kernelspec in ${folder}`;
      });
    case '--version':
      terminal.out(`${version()}\n`);
      return 0;
    case '--help':
    case '-h':
    case 'help':
      terminal.out(HELP);
      return 0;
    case undefined:
      terminal.err(HELP);
      return 2;
  }
  throw usage(`There is no command ${command}`);
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true, default: [] },
      format: { type: 'string', default: 'table' },
      'output-notebook': { type: 'string' },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usage('run takes one file');
  if (!existsSync(file)) throw usage(`There is no file ${file}`);
  const parameters = parseParameters(values.parameter);
  switch (extname(file)) {
    case '.ipynb': {
      const { runNotebook } = await import('./commands/run-notebook.ts');
      return runNotebook(file, { parameters, outputNotebook: values['output-notebook'] });
    }
    case '.ts':
    case '.mts':
    case '.js':
    case '.mjs': {
      const { runScript } = await import('./commands/run-script.ts');
      return runScript(file, parameters, new URL('./module-hooks.js', import.meta.url));
    }
    case '.sql': {
      const { runSql } = await import('./commands/run-sql.ts');
      return runSql(readFileSync(file, 'utf8'), { parameters, format: outputFormat(values.format), file });
    }
  }
  throw usage(`${file} is neither .ipynb, .ts nor .sql`);
}

async function sql(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true, default: [] },
      format: { type: 'string', default: 'table' },
    },
  });
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) throw usage('sql takes one text, in quotes');
  const { runSql } = await import('./commands/run-sql.ts');
  return runSql(text, {
    parameters: parseParameters(values.parameter),
    format: outputFormat(values.format),
    file: undefined,
  });
}

function place(
  args: string[],
  act: (where: { readonly prefix: string | undefined; readonly sysPrefix: boolean }) => string,
): number {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'boolean', default: false },
      'sys-prefix': { type: 'boolean', default: false },
      prefix: { type: 'string' },
    },
  });
  if ([values.user, values['sys-prefix'], values.prefix !== undefined].filter(Boolean).length > 1)
    throw usage('A kernelspec goes to one place: --user, --sys-prefix or --prefix DIR');
  terminal.out(`${act({ prefix: values.prefix, sysPrefix: values['sys-prefix'] })}\n`);
  return 0;
}

function outputFormat(text: string): OutputFormat {
  if (text === 'table' || text === 'json' || text === 'csv') return text;
  throw usage(`There is no format ${text}`);
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function usage(problem: string): MillraceError {
  return new MillraceError('COMMAND_USAGE', { problem, remedy: 'See millrace --help.' });
}
