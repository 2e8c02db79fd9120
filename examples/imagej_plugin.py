"""An ImageJ plugin's fit, ported line by line: the Java stands beside the Python.

The plugin fits a circle to the points of a selection by their distances. With ``rules="imagej"``
the numbers are those of ImageJ, to the last bit; without, the algorithm is the repaired one. Run
``python examples/imagej_plugin.py``. It prints::

    rules="imagej"
    center 24.2434116, 23.3305837, radius 15.9702280
    value 0.425318176, 219 iterations
    rules="robust"
    center 24.2434115, 23.3305838, radius 15.9702280
    value 0.425318176, 18 iterations
"""

from __future__ import annotations

import math

import numpy as np

from minimizer import Minimizer, Status

X_POINTS = np.array([12.0, 20.5, 31.0, 38.2, 40.1, 36.8, 29.0, 19.1, 11.4, 8.3])
Y_POINTS = np.array([12.6, 7.9, 9.2, 15.1, 25.2, 33.0, 38.9, 38.2, 32.7, 22.8])


# public class Circle_Fit implements PlugIn, UserFunction {
class CircleFit:
    """Fit a circle to points."""

    def __init__(self, rules: str) -> None:
        self.rules = rules
        # float[] x, y;
        self.x, self.y = X_POINTS, Y_POINTS

    # public double userFunction(double[] params, double dummy) {
    def user_function(self, params: np.ndarray) -> float:
        """Sum of squares of the distances of the points from the circle."""
        # double xc = params[0], yc = params[1], r = params[2];
        xc, yc, r = params
        # if (r <= 0) return Double.NaN;
        if r <= 0:
            return math.nan
        # double sum = 0;
        total = 0.0
        # for (int i = 0; i < x.length; i++) {
        for xi, yi in zip(self.x.tolist(), self.y.tolist(), strict=True):
            # double d = Math.sqrt(sqr(x[i] - xc) + sqr(y[i] - yc)) - r;
            d = math.sqrt((xi - xc) ** 2 + (yi - yc) ** 2) - r
            # sum += d*d;
            total += d * d
        # }
        # return sum;
        return total

    # public void run(String arg) {
    def run(self) -> None:
        """Fit and show."""
        # Minimizer minimizer = new Minimizer();
        # minimizer.setFunction(this, 3);
        minimizer = Minimizer(self.user_function, 3, rules=self.rules)
        # minimizer.setRandomSeed(1);
        minimizer.random_seed = 1
        # minimizer.setMaxRestarts(3);
        minimizer.max_restarts = 3
        # minimizer.setMaxError(1e-10);
        minimizer.max_rel_error = 1e-10
        # double[] start = new double[] {20, 20, 10};
        start = [20.0, 20.0, 10.0]
        # double[] variation = new double[] {5, 5, 5};
        variation = [5.0, 5.0, 5.0]
        # int status = minimizer.minimize(start, variation);
        status = minimizer.minimize(start, variation)
        # if (status != Minimizer.SUCCESS)
        if status != Status.SUCCESS:
            # IJ.log(Minimizer.STATUS_STRING[status]);
            print(status.message)
        # double[] result = minimizer.getParams();
        result = minimizer.params
        # IJ.log("center " + result[0] + ", " + result[1] + ", radius " + result[2]);
        print(f"center {result[0]:.7f}, {result[1]:.7f}, radius {result[2]:.7f}")
        # IJ.log("value " + minimizer.getFunctionValue() + ", " +
        #     minimizer.getIterations() + " iterations");
        print(f"value {minimizer.function_value:.9f}, {minimizer.iterations} iterations")


def main() -> None:
    """Run the plugin with ImageJ's rules, and with the repaired ones."""
    for rules in ("imagej", "robust"):
        print(f'rules="{rules}"')
        CircleFit(rules).run()


if __name__ == "__main__":
    main()
