! A string held at both ends: the wave equation by leapfrog. `courant` is wave speed * time step / cell size;
! the scheme is stable up to 1.
subroutine advance(now, before, cells, courant, steps)
  implicit none
  integer, intent(in) :: cells, steps
  real(8), intent(in) :: courant
  real(8), intent(inout) :: now(cells), before(cells)
  real(8) :: next(cells)
  integer :: i, step

  next = 0
  do step = 1, steps
    do i = 2, cells - 1
      next(i) = 2*now(i) - before(i) + courant**2 * (now(i-1) - 2*now(i) + now(i+1))
    end do
    before = now
    now = next
  end do
end subroutine advance
