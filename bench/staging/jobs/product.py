"""The product of two matrices, by an environment of some gigabytes."""

import torch

if __name__ == "__main__":
    torch.manual_seed(7)
    product = torch.rand(64, 64) @ torch.rand(64, 64)
    print(f"{product.shape[0]} rows, sum {float(product.sum()) / 1000:.0f} thousand")
