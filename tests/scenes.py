"""Images with known motions, for the tests of registration."""

import numpy as np
from scipy import ndimage


def scene(shape, seed=0):
    """Return an image with structure at all scales, 0 to 1."""
    rng = np.random.default_rng(seed)
    image = sum(s * ndimage.gaussian_filter(rng.normal(size=shape), s) for s in (1.5, 4.0, 10.0))
    return (image - image.min()) / np.ptp(image)


def about_centre(linear, shift, shape):
    """Return the index matrix of a linear map about the centre and a shift."""
    n = len(shape)
    centre = (np.array(shape) - 1) / 2
    matrix = np.eye(n + 1)
    matrix[:n, :n] = linear
    matrix[:n, n] = centre - np.asarray(linear) @ centre + shift
    return matrix


def turned(degrees):
    """Return a rotation in the plane, numpy's axis order."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]])


def windows(matrix, shape, seed=0, change=lambda image: image, noise=0.005, margin=1.0):
    """Cut fixed and moving windows from one larger scene, so that both have data all over."""
    margins = [int(margin * n) for n in shape]
    large = scene([n + 2 * m for n, m in zip(shape, margins, strict=True)], seed)
    back = np.linalg.inv(matrix)
    fixed = large[tuple(slice(m, m + n) for n, m in zip(shape, margins, strict=True))]
    moving = ndimage.affine_transform(
        large, back[:-1, :-1], back[:-1, -1] + margins, output_shape=shape, order=3
    )
    rng = np.random.default_rng(seed + 1)
    return tuple(i + rng.normal(0, noise, shape) for i in (fixed, change(moving)))


def target_error(found, true, shape):
    """Return the mean distance in pixels between where two matrices put the pixels."""
    index = np.indices(shape).reshape(len(shape), -1)
    homogeneous = np.vstack([index, np.ones(index.shape[1])])
    return np.linalg.norm((found - true) @ homogeneous, axis=0).mean()


def bent(image):
    """Return the contrast inverted, and bent so that two greys become one."""
    return 1 - image + 0.3 * np.sin(2.2 * np.pi * image)
