import type { GraphBuilder, Value } from './builder';

/** Product of complex numbers, whose real and imaginary parts lie along `axis`. */
export function complexProduct(graph: GraphBuilder, x: Value, y: Value, axis: number): Value {
  const [a, b] = graph.split(x, [1, 1], axis);
  const [c, d] = graph.split(y, [1, 1], axis);
  const real = graph.sub(graph.mul(a!, c!), graph.mul(b!, d!));
  const imaginary = graph.add(graph.mul(a!, d!), graph.mul(b!, c!));
  return graph.concat([real, imaginary], axis);
}
