/**
 * The output columns of `json_parse` and the blocks that describe them (wasm/abi/json-schema.ts). A tree of nodes, one per
 * (nested) field, lives for one batch: buffers are allocated, enlarged where the kernel asks for it, and become columns.
 */
import {
  allocateBitmap,
  allocateBytes,
  allocateInt32,
  bitmapBytes,
  fixedView,
  mapEntryType,
} from '../../arrow/make.ts';
import type { Column, StructColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import { fixedWidth, type DataType, type StructType } from '../../arrow/types.ts';
import { assert, present } from '../../core/assert.ts';
import * as abi from '../../../wasm/abi/json-schema.ts';

const encoder = new TextEncoder();

const KINDS: Readonly<Record<DataType['kind'], number>> = {
  string: abi.KIND_STRING,
  timestamp: abi.KIND_TIMESTAMP,
  boolean: abi.KIND_BOOLEAN,
  byte: abi.KIND_BYTE,
  short: abi.KIND_SHORT,
  int: abi.KIND_INT,
  long: abi.KIND_LONG,
  float: abi.KIND_FLOAT,
  double: abi.KIND_DOUBLE,
  decimal: abi.KIND_DECIMAL,
  binary: abi.KIND_BINARY,
  date: abi.KIND_DATE,
  timestamp_ntz: abi.KIND_TIMESTAMP_NTZ,
  void: abi.KIND_VOID,
  struct: abi.KIND_STRUCT,
  array: abi.KIND_ARRAY,
  map: abi.KIND_MAP,
};

export interface JsonNode {
  readonly pointer: number;
  readonly name: string;
  readonly type: DataType;
  readonly parent: JsonNode | undefined;
  readonly children: readonly JsonNode[];
  /** Rows there is room for. */
  rows: number;
  /** Bit 1 = null. */
  nulls: Uint8Array;
  /** Fixed values or bits; empty for other layouts. */
  values: Uint8Array;
  /** Of bytes and lists; one more than `rows`. */
  offsets: Int32Array;
  data: Uint8Array;
}

export interface NodeTree {
  readonly root: JsonNode;
  readonly byPointer: ReadonlyMap<number, JsonNode>;
}

/** @param dataBytes first guess for the bytes of each string column */
export function createNodes(type: StructType, rows: number, dataBytes: number, arena: Arena): NodeTree {
  const byPointer = new Map<number, JsonNode>();
  const builder: Builder = { arena, dataBytes, byPointer, view: new DataView(arena.memory.buffer) };
  const pointer = arena.allocate(abi.NODE_BYTES);
  const root = createNode(builder, pointer, { name: '', type, parent: undefined, rows, nested: false });
  return { root, byPointer };
}

interface Builder {
  readonly arena: Arena;
  readonly dataBytes: number;
  readonly byPointer: Map<number, JsonNode>;
  readonly view: DataView;
}

interface NodeSpec {
  readonly name: string;
  readonly type: DataType;
  readonly parent: JsonNode | undefined;
  readonly rows: number;
  /** Below the fields of a row: null bits are written for valid values too. */
  readonly nested: boolean;
}

function createNode(builder: Builder, pointer: number, spec: NodeSpec): JsonNode {
  const { arena, view, byPointer } = builder;
  const { type, rows } = spec;
  const fields = childFields(type);
  const firstChild = fields.length === 0 ? 0 : arena.allocate(fields.length * abi.NODE_BYTES);
  new Uint8Array(view.buffer, pointer, abi.NODE_BYTES).fill(0);
  const childRows = type.kind === 'struct' ? rows : Math.max(16, rows * 2);
  const children: JsonNode[] = [];
  const node: JsonNode = {
    pointer,
    name: spec.name,
    type,
    rows,
    parent: spec.parent,
    children,
    nulls: new Uint8Array(0),
    values: new Uint8Array(0),
    offsets: new Int32Array(0),
    data: new Uint8Array(0),
  };
  fields.forEach((child, i) => {
    const childSpec = { ...child, parent: node, rows: childRows, nested: spec.parent !== undefined };
    children.push(createNode(builder, firstChild + i * abi.NODE_BYTES, childSpec));
  });
  byPointer.set(pointer, node);
  view.setUint32(pointer + abi.NODE_KIND, KINDS[type.kind], true);
  view.setUint32(pointer + abi.NODE_FLAGS, spec.nested ? abi.NODE_WRITES_VALID : 0, true);
  view.setUint32(pointer + abi.NODE_CHILDREN, firstChild, true);
  view.setUint32(pointer + abi.NODE_CHILD_COUNT, fields.length, true);
  view.setUint32(pointer + abi.NODE_PARENT, spec.parent?.pointer ?? 0, true);
  if (type.kind === 'decimal') {
    view.setUint32(pointer + abi.NODE_PRECISION, type.precision, true);
    view.setUint32(pointer + abi.NODE_SCALE, type.scale, true);
  }
  // No text has a byte 0xff: nothing is cached.
  new Uint8Array(view.buffer, pointer + abi.NODE_MINUTE_TEXT, 16).fill(0xff);
  writeKey(builder, pointer, spec.name);
  if (type.kind === 'string') node.data = allocateBytes(builder.dataBytes, arena);
  allocateRows(node, rows, arena);
  return node;
}

function writeKey({ arena, view }: Builder, pointer: number, name: string): void {
  const key = encoder.encode(name);
  const at = arena.allocate(Math.max(8, key.length));
  const bytes = new Uint8Array(view.buffer, at, Math.max(8, key.length)).fill(0);
  bytes.set(key);
  view.setUint32(pointer + abi.NODE_KEY, at, true);
  view.setUint32(pointer + abi.NODE_KEY_BYTES, key.length, true);
  view.setBigUint64(pointer + abi.NODE_KEY_PREFIX, view.getBigUint64(at, true), true);
}

function childFields(type: DataType): readonly { readonly name: string; readonly type: DataType }[] {
  switch (type.kind) {
    case 'struct':
      return type.fields;
    case 'array':
      return [{ name: 'element', type: type.element }];
    case 'map':
      return [{ name: 'entry', type: mapEntryType(type) }];
    case 'void':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return [];
  }
}

/** Room for `rows` rows, what is there kept. */
function allocateRows(node: JsonNode, rows: number, arena: Arena): void {
  const view = new DataView(arena.memory.buffer);
  const { nulls, values, offsets } = node;
  node.rows = rows;
  node.nulls = allocateBitmap(rows, arena, 0);
  node.nulls.set(nulls);
  const width = fixedWidth(node.type);
  if (width !== undefined || node.type.kind === 'boolean') {
    node.values = allocateBytes(width === undefined ? bitmapBytes(rows) : width * rows, arena);
    node.values.set(values);
    view.setUint32(node.pointer + abi.NODE_VALUES, node.values.byteOffset, true);
  } else if (hasOffsets(node.type)) {
    node.offsets = allocateInt32(rows + 1, arena);
    node.offsets[0] = 0;
    node.offsets.set(offsets);
    view.setUint32(node.pointer + abi.NODE_VALUES, node.offsets.byteOffset, true);
  }
  view.setUint32(node.pointer + abi.NODE_NULLS, node.nulls.byteOffset, true);
  writeCapacity(node, view);
  if (node.type.kind === 'struct')
    for (const child of node.children) if (child.rows < rows) allocateRows(child, rows, arena);
}

function hasOffsets(type: DataType): boolean {
  return type.kind === 'string' || type.kind === 'binary' || type.kind === 'array' || type.kind === 'map';
}

function writeCapacity(node: JsonNode, view: DataView): void {
  const [child] = node.children;
  const capacity = isList(node.type) && child !== undefined ? child.rows : node.data.length;
  view.setUint32(node.pointer + abi.NODE_DATA, node.data.byteOffset, true);
  view.setUint32(node.pointer + abi.NODE_CAPACITY, capacity, true);
}

function isList(type: DataType): boolean {
  return type.kind === 'array' || type.kind === 'map';
}

/** Enlarges what is full: the data of a bytes node, the elements of a list. */
export function enlarge(node: JsonNode, wanted: number, arena: Arena): void {
  if (isList(node.type)) {
    const child = present(node.children[0], 'a list has a child');
    allocateRows(child, Math.max(wanted, child.rows * 2), arena);
  } else {
    assert(hasOffsets(node.type), 'only bytes and lists fill up');
    const data = allocateBytes(Math.max(wanted, node.data.length * 2), arena);
    data.set(node.data);
    node.data = data;
  }
  writeCapacity(node, new DataView(arena.memory.buffer));
}

/** The finished column: `length` rows of the node. */
export function toColumn(node: JsonNode, length: number, arena: Arena): Column {
  const { type } = node;
  const validity = validityOf(node, length, arena);
  switch (type.kind) {
    case 'void':
      return { layout: 'null', type, length, validity: undefined };
    case 'boolean':
      return { layout: 'bits', type, length, validity, values: node.values.subarray(0, bitmapBytes(length)) };
    case 'string':
    case 'binary': {
      const data = node.data.subarray(0, node.offsets[length] ?? 0);
      return { layout: 'bytes', type, length, validity, offsets: node.offsets.subarray(0, length + 1), data };
    }
    case 'array':
    case 'map': {
      const child = toColumn(present(node.children[0], 'a list has a child'), node.offsets[length] ?? 0, arena);
      return { layout: 'list', type, length, validity, offsets: node.offsets.subarray(0, length + 1), child };
    }
    case 'struct':
      return { ...toStruct(node, type, length, arena), validity };
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz': {
      const values = fixedView(type, node.values.buffer, node.values.byteOffset, length);
      return { layout: 'fixed', type, length, validity, values };
    }
  }
}

/** The struct's children as they are, the struct itself without nulls. */
export function toStruct(node: JsonNode, type: StructType, length: number, arena: Arena): StructColumn {
  const children = node.children.map((child) => toColumn(child, length, arena));
  return { layout: 'struct', type, length, validity: undefined, children };
}

function validityOf(node: JsonNode, length: number, arena: Arena): Uint8Array | undefined {
  const view = new DataView(arena.memory.buffer);
  if (view.getUint32(node.pointer + abi.NODE_HAS_NULLS, true) === 0) return undefined;
  return invert(node.nulls.subarray(0, bitmapBytes(length)), arena);
}

/** A bitmap with the bits turned round, in fresh memory. */
export function invert(bits: Uint8Array, arena: Arena): Uint8Array {
  const inverted = allocateBytes(bits.length, arena);
  for (let i = 0; i < bits.length; i++) inverted[i] = ~(bits[i] ?? 0);
  return inverted;
}
