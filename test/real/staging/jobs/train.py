"""One step of training on each of the processes that torchrun starts, and the sum of what they know."""

import os

import torch
import torch.distributed as distributed

distributed.init_process_group("gloo")
torch.manual_seed(7)
layer = torch.nn.Linear(4, 1)
loss = layer(torch.ones(8, 4)).square().mean()
loss.backward()
total = layer.weight.grad.sum()
distributed.all_reduce(total)
if distributed.get_rank() == 0:
    print(f"{distributed.get_world_size()} processes, gradient {float(total):.3f}")
distributed.destroy_process_group()
