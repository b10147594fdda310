/** Dense groups of one thread as plain data, so that another thread can merge them. Valid until their owner releases them. */
import type { BatchReference } from '../../arrow/reference.ts';

export interface DenseReference {
  /** The key of id 0, where keys are taken as they are. */
  readonly keyBase: bigint;
  /** Records of a pane. */
  readonly keyCount: number;
  readonly panes: readonly { readonly pane: bigint; readonly pointer: number }[];
  /** The distinct keys by id; undefined: the key of an id is keyBase + id. */
  readonly keys: BatchReference | undefined;
}
