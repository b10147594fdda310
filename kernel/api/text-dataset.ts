/** What `toJSON` gives: a DataFrame of one string column whose actions give the strings themselves. */
import type { DataFrame } from './data-frame.ts';
import type { DataStreamWriter } from './stream-writer.ts';

interface TextRow {
  readonly value: string;
}

export class TextDataset {
  readonly #frame: DataFrame<TextRow>;

  constructor(frame: DataFrame<TextRow>) {
    this.#frame = frame;
  }

  /** All texts. @throws UNSUPPORTED_STREAMING_OPERATION on a stream */
  async collect(): Promise<string[]> {
    return (await this.#frame.collect()).map((row) => row.value);
  }
  /** The first `count` texts. */
  async take(count: number): Promise<string[]> {
    return (await this.#frame.take(count)).map((row) => row.value);
  }
  /** The first text; undefined where there is none. */
  async first(): Promise<string | undefined> {
    return (await this.take(1))[0];
  }
  async count(): Promise<number> {
    return this.#frame.count();
  }
  /** Prints the first texts as a table. */
  async show(rows = 20, truncate: number | boolean = 20): Promise<void> {
    return this.#frame.show(rows, truncate);
  }
  /** The texts as a DataFrame with the column `value`. */
  toDF(): DataFrame<TextRow> {
    return this.#frame;
  }
  get isStreaming(): boolean {
    return this.#frame.isStreaming;
  }
  get writeStream(): DataStreamWriter<TextRow> {
    return this.#frame.writeStream;
  }
}
