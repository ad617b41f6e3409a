/** A share with as many digits as it needs: 0.05 %, 12.3 %. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.001) return 'below 0.001 %';
  if (value === 0 || value >= 10) return `${Number(value.toFixed(1))} %`;
  return `${Number(value.toPrecision(2))} %`;
}
