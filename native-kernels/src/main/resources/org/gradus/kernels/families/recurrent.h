/* the cells, in the order of RecurrentKernels.Cell */
#define TANH 0
#define RELU 1
#define LSTM 2
#define GRU 3

FN float logistic(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

