/** Deno and tslab from npm, into `.cache/kernels`; their folder and versions. @throws Error where npm cannot bring them */
export function fetchKernels(): Promise<{
  readonly home: string;
  readonly versions: { readonly deno: string; readonly tslab: string };
}>;
