/** The command lines of the programs below test/: what is asked wrongly is answered with one sentence and exit status 2. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

export function commandLine<const C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs(config);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param option as it is written, such as `--runs` */
export function wholeNumber(option: string, text: string, { min = 1 } = {}): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < min) {
    refuse(`${option} is a whole number from ${min}, not ${text}.`);
  }
  return number;
}

export function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
