/**
 * A batch in engine memory as plain data: pointers and lengths, so that it can be posted to another engine thread,
 * which lays its own views over the same bytes. Valid as long as the arena that holds the bytes.
 */
import type { DataType, StructType } from './types.ts';

/** Pointers are byte offsets into engine memory; 0 stands for an absent validity bitmap. */
export type ColumnReference =
  | { readonly layout: 'null'; readonly length: number; readonly type: DataType }
  | {
      readonly layout: 'fixed' | 'bits';
      readonly length: number;
      readonly type: DataType;
      readonly validity: number;
      readonly values: number;
    }
  | {
      readonly layout: 'bytes';
      readonly length: number;
      readonly type: DataType;
      readonly validity: number;
      readonly offsets: number;
      readonly data: number;
      readonly dataBytes: number;
    }
  | {
      readonly layout: 'list';
      readonly length: number;
      readonly type: DataType;
      readonly validity: number;
      readonly offsets: number;
      readonly child: ColumnReference;
    }
  | {
      readonly layout: 'struct';
      readonly length: number;
      readonly type: StructType;
      readonly validity: number;
      readonly children: readonly ColumnReference[];
    };

export interface BatchReference {
  readonly schema: StructType;
  readonly length: number;
  readonly columns: readonly ColumnReference[];
}
