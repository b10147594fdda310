/**
 * Which cell the running code belongs to: a context that follows promises, timers, microtasks and event handlers.
 *
 * v8.promiseHooks and wrapped timers stand in for AsyncLocalStorage, whose async-hooks checks abort the process when
 * `Runtime.terminateExecution` ends a callback. A promise carries its context in a private field, which nobody sees:
 * a WeakMap would cost 100 ns a promise.
 */
import { EventEmitter } from 'node:events';
import timers from 'node:timers';
import { promisify } from 'node:util';
import { promiseHooks } from 'node:v8';

/** Gives the object it is called with to a derived class's constructor, which then adds its private field to that. */
const Existing = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

class Stamp extends Existing {
  readonly #context: object;

  constructor(promise: object, context: object) {
    super(promise);
    this.#context = context;
  }

  /** V8 announces the promise of an `await` twice. */
  static has(promise: object): boolean {
    return #context in promise;
  }

  static read(promise: object): object | undefined {
    return #context in promise ? promise.#context : undefined;
  }
}

type AnyFunction = (this: unknown, ...parameters: unknown[]) => unknown;

export class Attribution<Context extends object> {
  #current: Context | undefined;
  readonly #stack: (Context | undefined)[] = [];
  readonly #undo: (() => void)[] = [];
  /** The context of errors on their way to the process's handlers, which run outside of any. */
  readonly #thrown = new WeakMap<object, Context>();
  #lastThrower: Context | undefined;
  readonly #onSettled: (promise: object) => void;

  /** `onSettled` is told of every promise that settles; it must be quick. */
  constructor(onSettled: (promise: object) => void) {
    this.#onSettled = onSettled;
  }

  get current(): Context | undefined {
    return this.#current;
  }

  /** Runs `action` as part of `context`. */
  run<T>(context: Context | undefined, action: () => T): T {
    const outer = this.#current;
    this.#current = context;
    try {
      return action();
    } finally {
      this.#current = outer;
    }
  }

  /** After an execution was terminated, nothing restored what stood before. */
  reset(): void {
    this.#current = undefined;
    this.#stack.length = 0;
  }

  /** The context that an uncaught error or a rejected promise came from. */
  contextOfError(error: unknown): Context | undefined {
    return (isObject(error) ? this.#thrown.get(error) : undefined) ?? this.#lastThrower;
  }

  contextOfPromise(promise: object): Context | undefined {
    return Stamp.read(promise) as Context | undefined;
  }

  /** Follows promises, timers and emitters of this thread until `uninstall`. */
  install(): void {
    this.#followPromises();
    this.#wrapTimers();
    this.#wrapEmitters();
  }

  uninstall(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  #followPromises(): void {
    const stop = promiseHooks.createHook({
      init: (promise: Promise<unknown>) => {
        if (this.#current !== undefined && !Stamp.has(promise)) new Stamp(promise, this.#current);
      },
      before: (promise: Promise<unknown>) => {
        this.#stack.push(this.#current);
        this.#current = this.contextOfPromise(promise);
      },
      after: () => {
        this.#current = this.#stack.pop();
      },
      settled: (promise: Promise<unknown>) => this.#onSettled(promise),
    }) as () => void;
    this.#undo.push(stop);
  }

  /** `callback`, which will run in the context that is current now; what is no function stays as it is. */
  bind<T>(callback: T): T {
    const context = this.#current;
    if (context === undefined || typeof callback !== 'function') return callback;
    const run = (action: () => unknown): unknown => this.#runBound(context, action);
    const bound = function (this: unknown, ...parameters: unknown[]): unknown {
      return run(() => Reflect.apply(callback, this, parameters) as unknown);
    };
    return bound as unknown as T;
  }

  #runBound(context: Context, action: () => unknown): unknown {
    const outer = this.#current;
    this.#current = context;
    try {
      return action();
    } catch (error) {
      this.#lastThrower = context;
      if (isObject(error)) this.#thrown.set(error, context);
      throw error;
    } finally {
      this.#current = outer;
    }
  }

  #wrapTimers(): void {
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const) {
      this.#wrapFirstParameter(globalThis, name);
      if (name in timers) this.#wrapFirstParameter(timers, name);
    }
    this.#wrapFirstParameter(process, 'nextTick');
  }

  #wrapFirstParameter(holder: object, name: string): void {
    const original = Reflect.get(holder, name) as AnyFunction;
    const bind = (callback: unknown): unknown => this.bind(callback);
    const wrapped = function (this: unknown, callback: unknown, ...rest: unknown[]): unknown {
      return Reflect.apply(original, this, [bind(callback), ...rest]);
    };
    Object.defineProperty(wrapped, 'name', { value: name });
    const custom: unknown = Reflect.get(original, promisify.custom);
    if (custom !== undefined) Object.defineProperty(wrapped, promisify.custom, { value: custom });
    this.#replace(holder, name, wrapped);
  }

  /** A handler belongs to the cell that registered it. Its wrapper carries `listener`, by which Node finds it again. */
  #wrapEmitters(): void {
    const prototype = EventEmitter.prototype;
    const wrap = (listener: unknown): unknown => {
      const bound = this.bind(listener);
      if (bound === listener || typeof listener !== 'function') return listener;
      return Object.assign(bound as AnyFunction, { listener: 'listener' in listener ? listener.listener : listener });
    };
    const on = Reflect.get(prototype, 'on') as AnyFunction;
    for (const name of ['on', 'addListener', 'prependListener'] as const) {
      const original = Reflect.get(prototype, name) as AnyFunction;
      this.#replace(prototype, name, function (this: unknown, event: unknown, listener: unknown): unknown {
        return Reflect.apply(original, this, [event, wrap(listener)]);
      });
    }
    const current = (): Context | undefined => this.#current;
    const originalOnce = Reflect.get(prototype, 'once') as AnyFunction;
    const bind = (callback: unknown): unknown => this.bind(callback);
    this.#replace(prototype, 'once', function (this: EventEmitter, event: string, listener: unknown): unknown {
      if (current() === undefined || typeof listener !== 'function')
        return Reflect.apply(originalOnce, this, [event, listener]);
      const bound = bind(listener) as AnyFunction;
      const once = Object.assign(
        (...parameters: unknown[]): unknown => {
          this.removeListener(event, once);
          return Reflect.apply(bound, this, parameters);
        },
        { listener },
      );
      return Reflect.apply(on, this, [event, once]);
    });
  }

  #replace(holder: object, name: string, replacement: unknown): void {
    const original = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, {
      value: replacement,
      writable: true,
      configurable: true,
      enumerable: original?.enumerable ?? false,
    });
    this.#undo.push(() => {
      if (original === undefined) Reflect.deleteProperty(holder, name);
      else Object.defineProperty(holder, name, original);
    });
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
