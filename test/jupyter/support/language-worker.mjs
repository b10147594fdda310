// A worker thread's entry is not transformed by tsx on Node 20: register it here, then load the real entry.
import { register } from 'tsx/esm/api';

register();
await import('./fake-language.ts');
