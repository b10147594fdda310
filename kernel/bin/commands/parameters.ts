/** `-p name=value`: numbers, true, false and null by their look, everything else as text. */
import { MillraceError } from '../../core/errors.ts';
import type { ParameterValue } from '../../process-session.ts';

/** @throws COMMAND_USAGE */
export function parseParameters(texts: readonly string[]): ReadonlyMap<string, ParameterValue> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, at);
      if (at < 0 || !/^[A-Za-z_$][\w$]*$/.test(name)) {
        throw new MillraceError('COMMAND_USAGE', {
          problem: `-p ${text} is no parameter`,
          remedy: 'Write -p name=value.',
        });
      }
      return [name, parameterValue(text.slice(at + 1))] as const;
    }),
  );
}

function parameterValue(text: string): ParameterValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  // Longer integers would lose digits as numbers.
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text);
  return text;
}
