import { testRatchet } from './ratchet-test.ts';

testRatchet('nexmark');
