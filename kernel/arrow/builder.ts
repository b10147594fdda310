/** Columns from JavaScript values, one value at a time, by the table in types.ts. For rows that users make, not for hot paths. */
import type { Column } from './column.ts';
import { childType, allocateBytes, allocateFixed, allocateInt32, type Space } from './make.ts';
import { UnfitValue, toFixed, unfit, usesBigint } from './fit.ts';
import type { DataType, Field } from './types.ts';

export interface ColumnBuilder {
  readonly length: number;
  /** null and undefined append a null. @throws UnfitValue */
  append(value: unknown): void;
  finish(space: Space): Column;
}

export function createBuilder(type: DataType): ColumnBuilder {
  switch (type.kind) {
    case 'void':
      return new VoidBuilder(type);
    case 'boolean':
      return new BitsBuilder(type);
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return new FixedBuilder(type);
    case 'string':
    case 'binary':
      return new BytesBuilder(type);
    case 'array':
      return new ArrayBuilder(type);
    case 'map':
      return new MapBuilder(type);
    case 'struct':
      return new StructBuilder(type, type.fields);
  }
}

class Validity {
  readonly #bits: number[] = [];
  #nulls = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(valid: 0 | 1): void {
    const row = this.#length++;
    if ((row & 7) === 0) this.#bits.push(0);
    if (valid === 1) this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) | (1 << (row & 7));
    else this.#nulls++;
  }

  /** The bits as they are, where they are values. */
  toBits(space: Space): Uint8Array {
    const bits = allocateBytes(this.#bits.length, space);
    bits.set(this.#bits);
    return bits;
  }

  finish(space: Space): Uint8Array | undefined {
    return this.#nulls === 0 ? undefined : this.toBits(space);
  }
}

/** What all builders share: nulls. `store` gets only values that are not null; `storeNull` keeps the row count. */
abstract class NullableBuilder implements ColumnBuilder {
  readonly type: DataType;
  protected readonly validity = new Validity();

  constructor(type: DataType) {
    this.type = type;
  }

  get length(): number {
    return this.validity.length;
  }

  append(value: unknown): void {
    if (value === null || value === undefined) {
      this.storeNull();
      this.validity.push(0);
    } else {
      this.store(value);
      this.validity.push(1);
    }
  }

  protected abstract store(value: unknown): void;
  protected abstract storeNull(): void;
  abstract finish(space: Space): Column;
}

class VoidBuilder extends NullableBuilder {
  protected override store(value: unknown): void {
    unfit(value, this.type);
  }
  protected override storeNull(): void {}
  override finish(): Column {
    return { layout: 'null', type: this.type, length: this.length, validity: undefined };
  }
}

class BitsBuilder extends NullableBuilder {
  readonly #values = new Validity();
  protected override store(value: unknown): void {
    if (typeof value !== 'boolean') unfit(value, this.type);
    this.#values.push(value ? 1 : 0);
  }
  protected override storeNull(): void {
    this.#values.push(0);
  }
  override finish(space: Space): Column {
    const validity = this.validity.finish(space);
    return { layout: 'bits', type: this.type, length: this.length, validity, values: this.#values.toBits(space) };
  }
}

class FixedBuilder extends NullableBuilder {
  readonly #values: (number | bigint)[] = [];
  protected override store(value: unknown): void {
    this.#values.push(toFixed(value, this.type));
  }
  protected override storeNull(): void {
    this.#values.push(usesBigint(this.type) ? 0n : 0);
  }
  override finish(space: Space): Column {
    const column = allocateFixed(this.type, this.length, space, this.validity.finish(space));
    const { values } = column;
    if (values instanceof BigInt64Array) {
      const isDecimal = this.type.kind === 'decimal';
      this.#values.forEach((value, row) => {
        const whole = BigInt(value);
        values[isDecimal ? row * 2 : row] = whole;
        if (isDecimal) values[row * 2 + 1] = whole >> 64n;
      });
    } else {
      this.#values.forEach((value, row) => {
        values[row] = Number(value);
      });
    }
    return column;
  }
}

class BytesBuilder extends NullableBuilder {
  readonly #encoder = new TextEncoder();
  readonly #offsets = [0];
  #data = new Uint8Array(256);
  #used = 0;

  protected override store(value: unknown): void {
    if (this.type.kind === 'string') {
      if (typeof value !== 'string') unfit(value, this.type);
      this.#reserve(value.length * 3);
      this.#used += this.#encoder.encodeInto(value, this.#data.subarray(this.#used)).written;
    } else {
      if (!(value instanceof Uint8Array)) unfit(value, this.type);
      this.#reserve(value.length);
      this.#data.set(value, this.#used);
      this.#used += value.length;
    }
    this.#offsets.push(this.#used);
  }

  protected override storeNull(): void {
    this.#offsets.push(this.#used);
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#data.length) return;
    const grown = new Uint8Array(Math.max(this.#data.length * 2, this.#used + bytes));
    grown.set(this.#data.subarray(0, this.#used));
    this.#data = grown;
  }

  override finish(space: Space): Column {
    const offsets = allocateInt32(this.#offsets.length, space);
    offsets.set(this.#offsets);
    const data = allocateBytes(this.#used, space);
    data.set(this.#data.subarray(0, this.#used));
    const validity = this.validity.finish(space);
    return { layout: 'bytes', type: this.type, length: this.length, validity, offsets, data };
  }
}

abstract class ListBuilder extends NullableBuilder {
  protected readonly offsets = [0];
  protected readonly child: ColumnBuilder;

  constructor(type: DataType) {
    super(type);
    this.child = createBuilder(childType(type));
  }

  protected override storeNull(): void {
    this.offsets.push(this.child.length);
  }

  override finish(space: Space): Column {
    const offsets = allocateInt32(this.offsets.length, space);
    offsets.set(this.offsets);
    const validity = this.validity.finish(space);
    return { layout: 'list', type: this.type, length: this.length, validity, offsets, child: this.child.finish(space) };
  }
}

class ArrayBuilder extends ListBuilder {
  protected override store(value: unknown): void {
    if (!Array.isArray(value)) unfit(value, this.type);
    for (const element of value) this.child.append(element);
    this.offsets.push(this.child.length);
  }
}

class MapBuilder extends ListBuilder {
  protected override store(value: unknown): void {
    for (const [key, entry] of entriesOf(value, this.type)) {
      if (key === null || key === undefined) throw new UnfitValue('a map key is null', this.type);
      this.child.append([key, entry]);
    }
    this.offsets.push(this.child.length);
  }
}

function entriesOf(value: unknown, type: DataType): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unfit(value, type);
  return Object.entries(value);
}

/** Takes arrays by position and objects by field name; a missing field is null. */
class StructBuilder extends NullableBuilder {
  readonly #fields: readonly Field[];
  readonly #children: readonly ColumnBuilder[];

  constructor(type: DataType, fields: readonly Field[]) {
    super(type);
    this.#fields = fields;
    this.#children = fields.map((f) => createBuilder(f.type));
  }

  protected override store(value: unknown): void {
    if (typeof value !== 'object' || value === null) unfit(value, this.type);
    if (Array.isArray(value) && value.length !== this.#fields.length) {
      throw new UnfitValue(`it has ${value.length} values, not ${this.#fields.length}`, this.type);
    }
    const cells: readonly unknown[] = Array.isArray(value)
      ? value
      : this.#fields.map((f): unknown => Reflect.get(value, f.name));
    this.#children.forEach((child, k) => child.append(cells[k]));
  }

  protected override storeNull(): void {
    for (const child of this.#children) child.append(null);
  }

  override finish(space: Space): Column {
    const children = this.#children.map((child) => child.finish(space));
    const type = this.type as Extract<DataType, { kind: 'struct' }>;
    return { layout: 'struct', type, length: this.length, validity: this.validity.finish(space), children };
  }
}
