/** Brings jars from Maven into `.cache/<name>/<version>/libs` and returns that folder. */
export function fetchJars(wanted: {
  readonly name: string;
  readonly version: string;
  /** `group:name:version` each. */
  readonly artifacts: readonly string[];
  /** Without what they depend on. */
  readonly alone?: boolean;
}): Promise<string>;
