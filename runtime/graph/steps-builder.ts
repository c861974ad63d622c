import { GraphBuilder, type Value } from './builder';
import type { Attribute, Dimension, ElementType } from './onnx';

/** What a value that nodes name in every step is called in this one. */
export function nameInStep(name: string, step: number, steps: number): string {
  return step === steps - 1 ? name : `${step}/${name}`;
}

/**
 * Builds a graph several times over, one behind the other, as one: what a step gives as `NAME.next`, the next one takes as
 * `NAME`. Inputs of other names are those of the whole graph, and the last step's outputs are its outputs.
 */
export class StepsBuilder extends GraphBuilder {
  private step = 0;
  /** What the step before gave, by the name of the output. */
  private before: ReadonlyMap<string, Value> = new Map();
  private given = new Map<string, Value>();

  constructor(private readonly steps: number) {
    super();
  }

  nextStep(): void {
    this.before = this.given;
    this.given = new Map();
    this.step += 1;
  }

  override input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    return this.before.get(`${name}.next`) ?? super.input(name, type, shape);
  }

  override output(value: Value, name: string, type: ElementType, shape: readonly Dimension[]): void {
    if (this.isLast) return super.output(value, name, type, shape);
    this.given.set(name, value === name ? this.local(name) : value);
  }

  /** Makes a value of any step that has a name of its own an output of the whole graph by that name. */
  giveAsWell(value: Value, type: ElementType, shape: readonly Dimension[]): void {
    if (!this.isLast) super.output(value, value, type, shape);
  }

  override once(key: string, make: () => Value): Value {
    return super.once(`${this.step}/${key}`, make);
  }

  override nodeWithOutputs(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    outputs: readonly (string | undefined)[],
  ): Value[] {
    const named = outputs.map((name) => (name ? this.local(name) : name));
    return super.nodeWithOutputs(operator, inputs, attributes, named);
  }

  private get isLast(): boolean {
    return this.step === this.steps - 1;
  }

  /** A name that nodes of every step have, in this one. */
  private local(name: string): string {
    return nameInStep(name, this.step, this.steps);
  }
}
