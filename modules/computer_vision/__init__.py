"""Computer Vision: folders of images, transformations, networks."""
