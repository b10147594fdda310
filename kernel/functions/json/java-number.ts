/** Floating-point numbers in JSON are written as casts to string write them. */
export { doubleText as javaDouble, floatText as javaFloat } from '../../expr/values.ts';
